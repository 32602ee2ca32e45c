/** Source and target beside each other, with the differences marked. */

import type { Assessment, Finding, HostSummary } from '../../findings/finding.js';
import { html, nothing, type Html } from './markup.js';

const maxRows = 200;

/** What each host has; undefined = not known. */
export interface ComparedFact {
  readonly what: string;
  readonly source: string | undefined;
  readonly target: string | undefined;
  /** A rule compared them and says what differs. */
  readonly isFinding?: boolean;
}

/** A table of both hosts; nothing when there is no target. `more`: further facts, before what the rules found. */
export function sideBySide(assessment: Assessment | undefined, more: readonly ComparedFact[] = []): Html {
  const { source, target, engine } = assessment?.subject ?? {};
  const ofHosts = source === undefined || target === undefined ? [] : hostFacts(source, target, engine);
  const found = (assessment?.findings ?? []).flatMap(comparedValues);
  const facts = [...ofHosts, ...more, ...found];
  if (facts.length === 0) return nothing;
  const hidden = facts.length - maxRows;
  return html`<div class="scroll" role="region" aria-label="Source and target" tabindex="0">
      <table>
        <caption>
          What differs is marked in the last column.
        </caption>
        <thead>
          <tr>
            <th scope="col">what</th>
            <th scope="col">source</th>
            <th scope="col">target</th>
            <th scope="col">compared</th>
          </tr>
        </thead>
        <tbody>
          ${facts.slice(0, maxRows).map(factRow)}
        </tbody>
      </table>
    </div>
    ${hidden > 0 ? html`<p>and ${hidden} more</p>` : nothing}`;
}

function hostFacts(source: HostSummary, target: HostSummary, engine = 'engine'): readonly ComparedFact[] {
  return [
    { what: 'host', source: source.hostname ?? source.where, target: target.hostname ?? target.where },
    { what: 'kernel', source: source.kernel, target: target.kernel },
    { what: 'CRIU', source: source.criu, target: target.criu },
    { what: engine, source: source.engineVersion, target: target.engineVersion },
  ];
}

/** What rules that look at both hosts saw on each. */
function comparedValues({ outcome, title, occurrences }: Finding): readonly ComparedFact[] {
  if (outcome !== 'fires') return [];
  return occurrences.flatMap(({ values = [], message }) => {
    const valueOf = (side: 'source' | 'target'): string | undefined => values.find((each) => each.side === side)?.text;
    if (values.length === 0) return [];
    const what = occurrences.length > 1 ? `${title}: ${message}` : title;
    return [{ what, source: valueOf('source'), target: valueOf('target'), isFinding: true }];
  });
}

function factRow({ what, source, target, isFinding }: ComparedFact): Html {
  const isHost = what === 'host';
  const isKnown = source !== undefined && target !== undefined;
  const differs = isFinding === true || (isKnown && source !== target && !isHost);
  const word = differs ? html`<strong>differs</strong>` : isHost ? nothing : isKnown ? 'same' : 'not known';
  return html`<tr${differs ? html` class="differs"` : nothing}><th scope="row">${what}</th><td>${source ?? 'not known'}</td><td>${
    target ?? 'not known'
  }</td><td>${word}</td></tr>
`;
}
