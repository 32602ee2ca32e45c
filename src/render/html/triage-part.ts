/** What logs tell: causes with proof and remedy, lines that nothing explains, the comparison with a good run. */

import type { Comparison, Diagnosis, Triage } from '../../findings/finding.js';
import { comparisonRows, comparisonTitle } from '../comparison-words.js';
import { blameLine } from '../triage-story.js';
import { percent } from '../triage-text.js';
import { block, html, nothing, type Html } from './markup.js';
import type { Mood } from './page.js';
import { items, name, prose, quotedLines, refList, table } from './prose.js';

const maxLines = 20;

export const moodOfTriage: Readonly<Record<Triage['result'], Mood>> = {
  diagnosed: 'bad',
  unexplained: 'unsure',
  'no-failure': 'good',
};

/** Causes, best first; then what stays unexplained. `hasProof`: the lines stand beside, and are not shown elsewhere. */
export function diagnosisPart(triage: Triage, hasProof: boolean): Html {
  const { diagnoses, unexplained, notes, signature } = triage;
  return html`${diagnoses.map((diagnosis, at) => diagnosisCard(diagnosis, at > 0, hasProof))}${
    unexplained.length === 0 || triage.result !== 'unexplained' || !hasProof
      ? nothing
      : html`<h3>Error lines that nothing explains</h3>
          ${quotedLines(unexplained, maxLines)}`
  }${items(notes)}${signature === '' ? nothing : html`<p class="about">Signature, to search for the same failure: ${name(signature)}</p>`}`;
}

function diagnosisCard(diagnosis: Diagnosis, isOther: boolean, hasProof: boolean): Html {
  const { cause, title, explanation, evidence, fix, refs, predicted } = diagnosis;
  return html`<article class="card ${isOther ? 'unsure' : 'bad'}">
    <h3>${isOther ? 'Also possible: ' : ''}${title}</h3>
    <p class="about">
      ${name(cause)}, ${percent(diagnosis)} sure,
      ${blameLine(diagnosis)}${predicted ? '; crdoctor check sees this before the freeze' : ''}
    </p>
    ${prose(explanation)}${hasProof ? quotedLines(evidence, maxLines) : nothing}
    <div class="fix"><strong>What to do</strong>${prose(fix)}</div>
    ${
      refs.length === 0
        ? nothing
        : html`<details>
            <summary>Where it is documented</summary>
            ${refList(refs)}
          </details>`
    }
  </article> `;
}

/** What differs from a run that worked; nothing when none was given. */
export function comparisonPart(comparison: Comparison | undefined): Html {
  if (comparison === undefined) return nothing;
  const rows = comparisonRows(comparison).map(({ topic, text, quoted = [] }) => [
    topic,
    html`${text}${quoted.length === 0 ? nothing : html`<pre>${block(quoted.join('\n'))}</pre>`}`,
  ]);
  return table(comparisonTitle(comparison), ['what', 'difference'], rows);
}
