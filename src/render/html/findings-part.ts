/** The findings of a check: what blocks, what is risky, what could not be told. */

import type { Assessment, Finding, Verdict } from '../../findings/finding.js';
import { groupFindings, groupUnknown, joinPhases, messagesOf, type SharedFinding } from '../grouping.js';
import { html, nothing, type Html } from './markup.js';
import type { Mood } from './page.js';
import { items, name, prose, refList, table } from './prose.js';

const maxMessages = 20;

export const moodOfVerdict: Readonly<Record<Verdict, Mood>> = {
  ready: 'good',
  'at-risk': 'risk',
  blocked: 'bad',
  unknown: 'unsure',
};

const moodOfSeverity: Readonly<Record<Finding['severity'], Mood | 'plain'>> = {
  blocker: 'bad',
  risk: 'risk',
  notice: 'plain',
};

/** Anchor of the findings of a cause. */
export function findingAnchor(cause: string): string {
  return `finding-${cause.replaceAll(/[^\w-]/g, '-')}`;
}

/** Everything that fires, then what could not be told. `reasons`: why evidence is missing, by its id. */
export function findingsPart(assessment: Assessment, reasons: ReadonlyMap<string, string> = new Map()): Html {
  const { blockers, risks, notices, unknown, quiet } = groupFindings(assessment);
  const firing = joinPhases([...blockers, ...risks, ...notices]);
  const anchored = new Set<string>();
  const cards = firing.map((shared) => {
    const isFirst = !anchored.has(shared.finding.cause);
    anchored.add(shared.finding.cause);
    return findingCard(shared, isFirst);
  });
  const { size } = new Set(quiet.map(({ cause }) => cause));
  return html`${cards}${unknownTable(unknown, reasons)}
    <p class="about">${size} other ${size === 1 ? 'cause was' : 'causes were'} looked for and not found.</p>`;
}

function findingCard({ finding, phases }: SharedFinding, isFirst: boolean): Html {
  const { cause, severity, title, why, fix, refs } = finding;
  const mood = moodOfSeverity[severity];
  const messages = messagesOf(finding).map(
    ({ message, count }) => html`<bdi>${message}</bdi>${count > 1 ? ` (${count} times)` : ''}`,
  );
  return html`<article class="card ${mood}" ${isFirst ? html` id="${findingAnchor(cause)}"` : nothing}>
    <h3>${title}</h3>
    <p class="about"><span class="tag ${mood}">${severity}</span> ${phases.join(', ')}, ${name(cause)}</p>
    ${items(messages, maxMessages)}
    <div class="fix"><strong>What to do</strong>${prose(fix)}</div>
    <details>
      <summary>Why, and where it is documented</summary>
      ${prose(why)}${refList(refs)}
    </details>
  </article> `;
}

function unknownTable(unknown: readonly Finding[], reasons: ReadonlyMap<string, string>): Html {
  const rows = groupUnknown(unknown, reasons).map(({ missing, findings }) => [
    items(missing.map((id) => html`${name(id)}${reasons.has(id) ? `: ${reasons.get(id) ?? ''}` : ''}`)),
    items([...new Set(findings.map(({ cause }) => cause))].map(name)),
  ]);
  return rows.length === 0
    ? nothing
    : html`<h3>Could not be told</h3>
        ${table('What could not be read', ['what could not be read', 'needed for'], rows)}`;
}
