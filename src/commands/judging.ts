/** The judging half of a check, in a module of its own so that it loads and compiles while evidence is collected. */

import type { Collected } from '../evidence/collect.js';
import type { CollectedTarget } from '../evidence/collect-target.js';
import { deriveFacts, type DeriveInput } from '../facts/derive.js';
import type { FactSet } from '../facts/schema.js';
import { assessCompiled } from '../findings/assess.js';
import type { Assessment } from '../findings/finding.js';
import { isOfTarget } from '../findings/lack-key.js';
import { notesOf } from '../findings/notes.js';
import type { Cause } from '../rules/cause.js';
import { compileCause } from '../rules/compile.js';
import type { CheckWish } from './check-options.js';
import { subjectOf } from './subject.js';

export interface Judged {
  readonly assessment: Assessment;
  /** Why evidence is missing, by its id, of a target as findings/lack-key.ts writes it. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** Judges what was collected. `where`: the source as the user named it. */
export type Judge = (collected: Collected, where: string, target?: CollectedTarget) => Judged;

/** Compiles the causes that can be predicted, to judge by them what `wish` asks for. */
export function prepareJudge(causes: readonly Cause[], wish: CheckWish): Judge {
  const compiled = causes.filter((cause) => cause.predict.length > 0).map(compileCause);
  return (collected, where, target) => {
    const factSet = deriveFacts(evidenceOf(collected, wish, target));
    const assessment = assessCompiled(compiled, factSet, {
      operation: wish.operation,
      subject: subjectOf(wish, factSet.facts, { source: where, target: target?.where }),
      notes: notesOf(factSet.facts),
    });
    return { assessment, reasons: reasonsOf(factSet) };
  };
}

/** Which evidence is whose. */
function evidenceOf(
  { engine, host, instance, ofInstance }: Collected,
  wish: CheckWish,
  target: CollectedTarget | undefined,
): DeriveInput {
  return {
    engine,
    source: host,
    target: target?.evidence,
    instance:
      instance === undefined ? undefined : { name: instance.name, nameThere: wish.nameThere, evidence: ofInstance },
    criuOptions: wish.criuOptions,
  };
}

/** What is known of the instance comes from its host, so these two share their names. */
function reasonsOf({ gaps }: FactSet): ReadonlyMap<string, string> {
  return new Map([...gaps].map(([key, reason]) => [isOfTarget(key) ? key : key.slice(key.indexOf(':') + 1), reason]));
}
