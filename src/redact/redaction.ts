/** The redaction of one report, which remembers: a secret that was found once is found again in whatever form. */

import type { Evidence } from '../source/source.js';
import { findAddresses, findSocketAddresses } from './address-stand-ins.js';
import type { Search } from './choose-redactor.js';
import type { Edit, Watch } from './edits.js';
import { createKnownValues } from './known-values.js';
import type { LedgerEntry } from './ledger.js';
import { createNameStandIns } from './name-stand-ins.js';
import { redactEvidence, type RedactionCourse } from './redact-evidence.js';
import { createStandIns, type StandInEntry } from './stand-ins.js';
import { takenValues } from './taken-values.js';

export interface RedactionOptions {
  /** Names of hosts and users and addresses get stand-ins. */
  readonly anonymize: boolean;
  /** Of the host, as it is known besides its evidence; empty = not known. */
  readonly hostname?: string;
}

export interface Redaction {
  /** Looks for secrets and names that other evidence may repeat. Takes as long as redacting. */
  learn(evidence: readonly Evidence[]): void;
  redact(evidence: Evidence): { readonly evidence: Evidence; readonly entries: readonly LedgerEntry[] };
  /** How everything is done, for texts that are no evidence. */
  readonly course: RedactionCourse;
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
  const learnOne = (evidence: Evidence): void => {
    const { text = '' } = redactEvidence(evidence, { search: { inText: [], inField: () => undefined }, watch }).evidence;
    if (isConfiguration(evidence)) known.keep(text);
    if (anonymize) names.learn(evidence.id, text);
  };
  return {
    learn: (evidence) => evidence.forEach(learnOne),
    redact(evidence) {
      if (anonymize) learnOne(evidence);
      return redactEvidence(evidence, { search: searchFor(evidence.id), watch });
    },
    course: { search: searchFor(''), watch },
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
