/** `crdoctor check`: judges a host or a container before the freeze. */

import { exitStatus, type ExitStatus } from '../errors.js';
import { collect } from '../evidence/collect.js';
import type { Assessment } from '../findings/finding.js';
import type { CheckContext } from '../render/options.js';
import { openLocal } from '../source/local.js';
import { readCheckWish, type CheckArguments, type CheckWish } from './check-options.js';
import type { Invocation } from './invocation.js';
import type { Judge } from './judging.js';
import { deadlineOf, progressOf, textOptionsOf } from './output-options.js';
import { openRules } from './rule-set.js';

/**
 * Judges what was asked for and prints the result. The exit status follows from the verdict.
 * @throws {UserError} wrong use, no such instance, an engine that cannot be asked
 */
export async function runCheck(parsed: CheckArguments, invocation: Invocation): Promise<ExitStatus> {
  const wish = readCheckWish(parsed);
  const source = openLocal({
    signal: deadlineOf(parsed, invocation),
    onProgress: progressOf(parsed, invocation),
    env: invocation.env,
    now: invocation.now,
  });
  const loading = loadJudge(wish, parsed, invocation);
  // What is wrong with rules of the user is told before anything is looked at; else both happen at once.
  if (parsed.rules !== undefined) await loading;
  const [collected, judge] = await Promise.all([collect(source, wish), loading]);
  invocation.signal.throwIfAborted();
  const { assessment, reasons } = judge(collected, source.where);
  const context = { reasons, strict: parsed.strict ?? false };
  invocation.stdout.write(await renderCheck(assessment, context, parsed, invocation));
  return statusOf(assessment, context.strict);
}

async function loadJudge(wish: CheckWish, parsed: CheckArguments, invocation: Invocation): Promise<Judge> {
  const [{ prepareJudge }, { causes }] = await Promise.all([import('./judging.js'), openRules(parsed, invocation)]);
  return prepareJudge(causes, wish);
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
