/** The frame of every page: head, contents, verdict, sections. One file, no script, nothing loaded from anywhere. */

import { html, isEmpty, markupOf, nothing, styleElement, type Html } from './markup.js';
import { css } from './stylesheet.js';

/** Nothing that slips in can load, run or send anything (Content Security Policy, W3C). */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** How good or bad the news is. */
export type Mood = 'good' | 'risk' | 'bad' | 'unsure';

export interface Section {
  /** Anchor, a plain word. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export interface Page {
  /** What kind of page this is: `report`, `check`. */
  readonly kind: string;
  /** What it is about, without markup. */
  readonly title: string;
  /** The most important word and what it means, one sentence each. */
  readonly verdicts: readonly { readonly mood: Mood; readonly word: string; readonly meaning: string }[];
  /** Lines below the verdict. */
  readonly remarks: readonly string[];
  /** Those without a body are left out. */
  readonly sections: readonly Section[];
  readonly footer: string;
}

const marks: Readonly<Record<Mood, string>> = { good: '✓', risk: '!', bad: '✕', unsure: '?' };

/** Ends with a line break. */
export function renderPage({ kind, title, verdicts, remarks, sections, footer }: Page): string {
  const shown = sections.filter(({ body }) => !isEmpty(body));
  const page = html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title} – crdoctor ${kind}</title>
        ${styleElement(css)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the contents</a>
        <header>
          <p class="kind">crdoctor ${kind}</p>
          <h1><bdi>${title}</bdi></h1>
          ${verdicts.map(
            ({ mood, word, meaning }) =>
              html`<p class="verdict ${mood}">
                <span class="mark" aria-hidden="true">${marks[mood]}</span> <strong>${word}</strong>
                <span>${meaning}</span>
              </p> `,
          )}${
            remarks.length === 0
              ? nothing
              : html`<ul class="remarks">
                  ${remarks.map((remark) => html`<li>${remark}</li>`)}
                </ul>`
          }
        </header>
        <nav aria-label="Contents">
          <ul>
            ${shown.map(({ id, title: head }) => html`<li><a href="#${id}">${head}</a></li>`)}
          </ul>
        </nav>
        <main id="main">
          ${shown.map(
            ({ id, title: head, body }) =>
              html`<section id="${id}">
                <h2>${head}</h2>
                ${body}
              </section> `,
          )}
        </main>
        <footer><p>${footer}</p></footer>
      </body>
    </html> `;
  return `${markupOf(page).trimEnd()}\n`;
}
