/** `crdoctor check`: judges a host or a container before the freeze. */

import { exitStatus, type ExitStatus } from '../errors.js';
import { collect, type Collected } from '../evidence/collect.js';
import { deriveFacts, type DeriveInput } from '../facts/derive.js';
import type { FactSet } from '../facts/schema.js';
import { assess } from '../findings/assess.js';
import type { Assessment } from '../findings/finding.js';
import { notesOf } from '../findings/notes.js';
import type { CheckContext } from '../render/options.js';
import { openLocal } from '../source/local.js';
import { readCheckWish, type CheckArguments, type CheckWish } from './check-options.js';
import type { Invocation } from './invocation.js';
import { deadlineOf, progressOf, textOptionsOf } from './output-options.js';
import { openRules } from './rule-set.js';
import { subjectOf } from './subject.js';

/**
 * Judges what was asked for and prints the result. The exit status follows from the verdict.
 * @throws {UserError} wrong use, no such instance, an engine that cannot be asked
 */
export async function runCheck(parsed: CheckArguments, invocation: Invocation): Promise<ExitStatus> {
  const wish = readCheckWish(parsed);
  const { causes } = await openRules(parsed, invocation);
  const source = openLocal({
    signal: deadlineOf(parsed, invocation),
    onProgress: progressOf(parsed, invocation),
    env: invocation.env,
    now: invocation.now,
  });
  const collected = await collect(source, wish);
  invocation.signal.throwIfAborted();
  const factSet = deriveFacts(evidenceOf(collected, wish));
  const assessment = assess(causes, factSet, {
    operation: wish.operation,
    subject: subjectOf(wish, factSet.facts, source.where),
    notes: notesOf(factSet.facts),
  });
  const context = { reasons: reasonsOf(factSet), strict: parsed.strict ?? false };
  invocation.stdout.write(await renderCheck(assessment, context, parsed, invocation));
  return statusOf(assessment, context.strict);
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

/** Why evidence is missing, by its id alone: a local check has one host. */
function reasonsOf({ gaps }: FactSet): ReadonlyMap<string, string> {
  return new Map([...gaps].map(([key, reason]) => [key.slice(key.indexOf(':') + 1), reason]));
}

function statusOf({ verdict }: Assessment, strict: boolean): ExitStatus {
  if (verdict === 'at-risk') return strict ? exitStatus.risky : exitStatus.ok;
  return { ready: exitStatus.ok, blocked: exitStatus.blocked, unknown: exitStatus.unknown }[verdict];
}

async function renderCheck(
  assessment: Assessment,
  context: CheckContext,
  parsed: CheckArguments,
  invocation: Invocation,
): Promise<string> {
  switch (parsed.format) {
    case 'json':
      return (await import('../render/check-json.js')).renderCheckJson(assessment);
    case 'markdown':
      return (await import('../render/check-markdown.js')).renderCheckMarkdown(assessment, context);
    case 'junit':
      return (await import('../render/junit.js')).renderCheckJunit(assessment, context);
    default:
      return (await import('../render/check-text.js')).renderCheckText(
        assessment,
        context,
        textOptionsOf(parsed, invocation),
      );
  }
}
