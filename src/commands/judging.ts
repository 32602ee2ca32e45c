/** The judging half of a check, in a module of its own so that it loads and compiles while evidence is collected. */

import type { Collected } from '../evidence/collect.js';
import { deriveFacts, type DeriveInput } from '../facts/derive.js';
import type { FactSet } from '../facts/schema.js';
import { assessCompiled } from '../findings/assess.js';
import type { Assessment } from '../findings/finding.js';
import { notesOf } from '../findings/notes.js';
import type { EvidenceId } from '../source/source.js';
import type { Cause } from '../rules/cause.js';
import { compileCause } from '../rules/compile.js';
import type { CheckWish } from './check-options.js';
import { subjectOf } from './subject.js';

export interface Judged {
  readonly assessment: Assessment;
  /** Why evidence is missing, by its id. */
  readonly reasons: ReadonlyMap<EvidenceId, string>;
}

/** Judges what was collected. */
export type Judge = (collected: Collected, where: string) => Judged;

/** Compiles the causes that can be predicted, to judge by them what `wish` asks for. */
export function prepareJudge(causes: readonly Cause[], wish: CheckWish): Judge {
  const compiled = causes.filter((cause) => cause.predict.length > 0).map(compileCause);
  return (collected, where) => {
    const factSet = deriveFacts(evidenceOf(collected, wish));
    const assessment = assessCompiled(compiled, factSet, {
      operation: wish.operation,
      subject: subjectOf(wish, factSet.facts, where),
      notes: notesOf(factSet.facts),
    });
    return { assessment, reasons: reasonsOf(factSet) };
  };
}

/** Which evidence is whose. The target of a move can only be this host, so its evidence is the same. */
function evidenceOf({ engine, host, instance, ofInstance }: Collected, wish: CheckWish): DeriveInput {
  return {
    engine,
    source: host,
    target: wish.hasTarget ? host : undefined,
    instance: instance === undefined ? undefined : { name: instance.name, evidence: ofInstance },
    criuOptions: wish.criuOptions,
  };
}

/** By the id alone, without the side: a local check has one host. */
function reasonsOf({ gaps }: FactSet): ReadonlyMap<EvidenceId, string> {
  return new Map([...gaps].map(([key, reason]) => [key.slice(key.indexOf(':') + 1), reason]));
}
