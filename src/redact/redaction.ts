/** The redaction of one report, which remembers: a secret that was found once is found again in whatever form. */

import type { Evidence } from '../source/source.js';
import { findAddresses, findSocketAddresses } from './address-stand-ins.js';
import { noSearch, type Search } from './choose-redactor.js';
import type { Edit, Watch } from './edits.js';
import { createKnownValues } from './known-values.js';
import type { LedgerEntry } from './ledger.js';
import { createNameStandIns } from './name-stand-ins.js';
import { isDocument, redactEvidence, searchEvidence } from './redact-evidence.js';
import { createStandIns, type StandInEntry } from './stand-ins.js';
import { takenValues } from './taken-values.js';

export interface RedactionOptions {
  /** Names of hosts and users and addresses get stand-ins. */
  readonly anonymize: boolean;
  /** Of the host, as it is known besides its evidence; empty = not known. */
  readonly hostname?: string;
}

interface Redacted {
  readonly evidence: Evidence;
  readonly entries: readonly LedgerEntry[];
}

export interface Redaction {
  /** Looks for secrets and names that other evidence may repeat. Takes as long as redacting. */
  readonly learn: (evidence: readonly Evidence[]) => void;
  readonly redact: (evidence: Evidence) => Redacted;
  /** The stand-in for a host, or the host itself when nothing is anonymised. */
  nameOfHost(name: string): string;
  /** What is behind the stand-ins that were given so far. */
  standIns(): readonly StandInEntry[];
}

export function createRedaction({ anonymize, hostname = '' }: RedactionOptions): Redaction {
  const known = createKnownValues();
  const standIns = createStandIns();
  const names = createNameStandIns(standIns);
  if (anonymize && hostname !== '') names.learnHost(hostname);
  const watch: Watch = (text, edits) => known.add(takenValues(text, edits));
  const searchFor = (id: string): Search => ({
    inText: anonymize ? [known.find, (text) => anonymizeText(id, text)] : [known.find],
    inField: (field) => (anonymize ? names.inField(field) : undefined),
  });
  const anonymizeText = (id: string, text: string): readonly Edit[] => [
    // Versions of packages look like addresses.
    ...(/^host\.(?:packages|snaps)$/.test(id) ? [] : findAddresses(text, standIns)),
    ...(isSocketTable(id) ? findSocketAddresses(text, standIns) : []),
    ...names.find(id, text),
  ];
  // What was looked at to learn from it need not be looked at again, but for what others told meanwhile.
  const looked = new WeakMap<Evidence, Redacted>();
  const learnOne = (evidence: Evidence): Redacted => {
    const redacted = redactEvidence(evidence, { search: noSearch, watch });
    const { text = '' } = redacted.evidence;
    if (isConfiguration(evidence)) known.keep(text);
    if (anonymize) names.learn(evidence.id, text);
    return redacted;
  };
  return {
    learn(evidence) {
      for (const each of evidence) looked.set(each, learnOne(each));
    },
    redact(evidence) {
      const search = searchFor(evidence.id);
      if (isDocument(evidence)) {
        if (anonymize && !looked.has(evidence)) learnOne(evidence);
        return redactEvidence(evidence, { search, watch });
      }
      const first = looked.get(evidence) ?? learnOne(evidence);
      const second = searchEvidence(first.evidence, search);
      return { evidence: second.evidence, entries: [...first.entries, ...second.entries] };
    },
    nameOfHost: (name) => (anonymize && name !== '' ? standIns.of('host-name', name) : name),
    standIns: () => standIns.entries(),
  };
}

function isSocketTable(id: string): boolean {
  return /\.tasks$|(?:^|\.)net\./.test(id);
}

/** What an engine says about settings; words that stand there in the open are no secrets. */
function isConfiguration({ id }: Evidence): boolean {
  return /^engine\.(?!log\b|journal)|^instance\.lxc\.conf$|^host\.uname$/.test(id);
}
