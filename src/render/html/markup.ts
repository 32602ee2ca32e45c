/** Writes HTML in which every text is escaped by construction: what is put into a template is text unless it is HTML already. */

import { escapeHtml, escapeHtmlBlock } from '../escape.js';

const written: unique symbol = Symbol('markup');

/** A piece of a page. Only this module makes one, so no text can pass for it. */
export interface Html {
  readonly [written]: string;
}

type Part = string | number | Html | undefined | readonly Part[];

/** A piece from a template; strings in it are escaped, lists are joined, undefined is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { [written]: strings.map((text, at) => text + markupOf(parts[at])).join('') };
}

/** Nothing. */
export const nothing = html``;

/** Text that keeps its line breaks, for a `<pre>`; not shortened. */
export function block(text: string): Html {
  return { [written]: escapeHtmlBlock(text) };
}

/** The finished text of a page or a part of it. */
export function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if (written in part) return part[written];
  return part.map(markupOf).join('');
}

/** True when there is nothing to see. */
export function isEmpty(part: Html): boolean {
  return part[written].trim() === '';
}

/** The style sheet of this program, as it is. */
export function styleElement(css: string): Html {
  return { [written]: `<style>${css}</style>` };
}
