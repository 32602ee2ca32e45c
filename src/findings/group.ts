/** Puts failures of the same kind together: those with the same signature. */

import type { Diagnosis, Triage } from './finding.js';

/** What was made of one of several inputs. */
export interface TriagedInput {
  /** As the user named it; several logs of one failure are joined by a comma. Untrusted. */
  readonly input: string;
  readonly triage: Triage;
}

/** An input that could not be read, and why. Untrusted. */
export interface UnreadInput {
  readonly input: string;
  readonly problem: string;
}

/** Inputs of one kind, in the order in which they were named. */
export interface FailureGroup {
  /** Empty: nothing failed, or nothing is told. */
  readonly signature: string;
  readonly result: Triage['result'];
  readonly inputs: readonly TriagedInput[];
  /** The surest diagnosis among them. */
  readonly diagnosis?: Diagnosis;
}

/** The answer of `triage` on several failures. */
export interface TriageGroups {
  /** Failures first, the most frequent kind before others; last what shows no failure. */
  readonly groups: readonly FailureGroup[];
  /** In the order in which they were named. */
  readonly inputs: readonly TriagedInput[];
  readonly unread: readonly UnreadInput[];
}

const keyOf = ({ triage }: TriagedInput): string => `${triage.result} ${triage.signature}`;

const surest = (inputs: readonly TriagedInput[]): Diagnosis | undefined =>
  inputs.flatMap(({ triage }) => triage.diagnoses.slice(0, 1)).toSorted((a, b) => b.confidence - a.confidence)[0];

/** Groups failures by their signatures. */
export const groupTriages = (inputs: readonly TriagedInput[], unread: readonly UnreadInput[]): TriageGroups => {
  const members = new Map<string, TriagedInput[]>();
  for (const input of inputs) members.set(keyOf(input), [...(members.get(keyOf(input)) ?? []), input]);
  const groups = [...members.values()].flatMap((own): FailureGroup[] => {
    const [first] = own;
    const diagnosis = surest(own);
    if (first === undefined) return [];
    const { signature, result } = first.triage;
    return [{ signature, result, inputs: own, ...(diagnosis === undefined ? {} : { diagnosis }) }];
  });
  const rank = ({ result, inputs: own }: FailureGroup): number => (result === 'no-failure' ? 0 : own.length);
  return { groups: groups.toSorted((a, b) => rank(b) - rank(a)), inputs, unread };
};
