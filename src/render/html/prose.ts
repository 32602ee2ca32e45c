/** Pieces of text that all pages share: prose of rules, names, addresses, tables, quoted lines of logs. */

import type { LogLine } from '../../findings/finding.js';
import { toBlocks } from '../paragraphs.js';
import { block, html, nothing, type Html } from './markup.js';

/** Characters of a line of a log that are shown. */
const maxLine = 4000;

/** The prose of a cause file: paragraphs, commands as they are written, words between backticks as code. */
export function prose(text: string): Html {
  return html`${toBlocks(text).map((part) =>
    part.kind === 'prose'
      ? html`<p>${withCode(part.text)}</p>`
      : html`<pre class="command">${block(part.lines.join('\n'))}</pre>`,
  )}`;
}

function withCode(text: string): readonly Html[] {
  return text
    .split(/(`[^`]+`)/)
    .map((part, at) => (at % 2 === 1 ? html`<code>${part.slice(1, -1)}</code>` : html`${part}`));
}

/** An address as a link when it is nothing but one of the web, else text. */
export function link(ref: string): Html {
  return isWebAddress(ref) ? html`<a href="${ref}" rel="noreferrer">${ref}</a>` : html`<bdi>${ref}</bdi>`;
}

function isWebAddress(text: string): boolean {
  return text.length < 2000 && /^https?:\/\/[\w.~:/?#@!$&'()*+,;=%-]+$/.test(text);
}

/** Sources of a cause; nothing for none. */
export function refList(refs: readonly string[]): Html {
  return refs.length === 0
    ? nothing
    : html`<ul class="refs">
        ${refs.map((ref) => html`<li>${link(ref)}</li>`)}
      </ul>`;
}

/** A name of something, kept apart from the direction of the sentence around it. */
export function name(text: string): Html {
  return html`<code><bdi>${text}</bdi></code>`;
}

/** A table that scrolls by itself where it is too wide; the first cell of each row is its heading. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html {
  if (rows.length === 0) return nothing;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(tableRow)}
      </tbody>
    </table>
  </div>`;
}

function tableRow([first = '', ...others]: readonly (Html | string)[]): Html {
  return html`<tr>
    <th scope="row">${first}</th>
    ${others.map((cell) => html`<td>${cell}</td>`)}
  </tr> `;
}

/** A line of a log that is shown with its number, which is undefined for what stands between parts. */
export interface ShownLine {
  readonly line?: number;
  readonly text: string;
  /** It proves a cause. */
  readonly isProof?: boolean;
}

/** Lines of one log with their numbers; those that prove something are marked. */
export function logLines(lines: readonly ShownLine[]): Html {
  return html`<div class="log">
    ${lines.map(
      ({ line, text, isProof }) =>
        html`<div class="row">
          <span class="n">${line ?? '…'}</span
          ><code>${isProof === true ? html`<mark>${lineOfLog(text)}</mark>` : lineOfLog(text)}</code>
        </div>`,
    )}
  </div>`;
}

/** As it stands in its file, tabs too, up to a length. */
function lineOfLog(text: string): Html {
  if (text.length <= maxLine) return block(text);
  return html`${block(text.slice(0, maxLine))} … (${text.length - maxLine} more characters)`;
}

/** Lines of logs under the names of their files. */
export function quotedLines(lines: readonly LogLine[], max: number): Html {
  const shown = lines.slice(0, max);
  const files = [...new Set(shown.map(({ file }) => file))];
  const more = lines.length - shown.length;
  return html`${files.map(
    (file) =>
      html`<p class="file">${name(file)}</p>
        ${logLines(
          shown.flatMap((line) => (line.file === file ? [{ line: line.line, text: line.text, isProof: true }] : [])),
        )}`,
  )}${more > 0 ? html`<p>and ${more} more</p>` : nothing}`;
}

/** Some items of a list and how many more there are. */
export function items(texts: readonly (Html | string)[], max = 50): Html {
  const more = texts.length - max;
  if (texts.length === 0) return nothing;
  return html`<ul>
    ${texts.slice(0, max).map((text) => html`<li>${text}</li>`)}${more > 0 ? html`<li>and ${more} more</li>` : nothing}
  </ul>`;
}
