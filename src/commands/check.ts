/** `crdoctor check`: judges a host or a container before the freeze. */

import { exitStatus, type ExitStatus } from '../errors.js';
import { collect, type Collected } from '../evidence/collect.js';
import { collectPair, type CollectedTarget } from '../evidence/collect-target.js';
import type { Assessment } from '../findings/finding.js';
import { escapeText } from '../render/escape.js';
import type { CheckContext } from '../render/options.js';
import { openLocal } from '../source/local.js';
import type { Source } from '../source/source.js';
import { readCheckWish, type CheckArguments, type CheckWish } from './check-options.js';
import type { Invocation } from './invocation.js';
import type { Judge } from './judging.js';
import { deadlineOf, progressOf, textOptionsOf } from './output-options.js';
import { openRules } from './rule-set.js';
import { openTarget, type OpenTarget } from './open-target.js';
import { readPlace } from './where-option.js';

/**
 * Judges what was asked for and prints the result. The exit status follows from the verdict.
 * @throws {UserError} wrong use, no such instance, an engine that cannot be asked
 */
export async function runCheck(parsed: CheckArguments, invocation: Invocation): Promise<ExitStatus> {
  const { source, wish, isRecorded, problems, explain } = await openSource(parsed, invocation);
  const target = await openTargetOf(parsed, invocation);
  const loading = loadJudge(wish, parsed, invocation);
  // What is wrong with rules of the user is told before anything is looked at; else both happen at once.
  if (parsed.rules !== undefined) await loading;
  const tellProblems = (): void => {
    const ofTarget = target === undefined ? [] : [...listOf(target.problem), ...target.problems()];
    for (const problem of [...problems(), ...ofTarget]) invocation.stderr.write(`crdoctor: ${escapeText(problem)}\n`);
  };
  const collecting = collectSides(source, target, wish).catch((error: unknown) => {
    // What is odd about a report may be why it cannot be judged.
    tellProblems();
    throw explain(error);
  });
  const [collected, judge] = await Promise.all([collecting, loading]);
  invocation.signal.throwIfAborted();
  const { assessment, reasons } = judge(collected.source, source.where, collected.target);
  tellProblems();
  const context = { reasons, strict: parsed.strict ?? false, isRecorded };
  invocation.stdout.write(await renderCheck(assessment, context, parsed, invocation));
  return statusOf(assessment, context.strict);
}

async function openTargetOf(parsed: CheckArguments, invocation: Invocation): Promise<OpenTarget | undefined> {
  if (parsed.to === undefined) return undefined;
  const signal = deadlineOf(parsed, invocation);
  return openTarget(readPlace('--to', parsed.to), { invocation, signal, engine: parsed.engine });
}

async function collectSides(
  source: Source,
  target: OpenTarget | undefined,
  wish: CheckWish,
): Promise<{ readonly source: Collected; readonly target?: CollectedTarget }> {
  if (target === undefined) return { source: await collect(source, wish) };
  return collectPair(source, target.source, wish, target.told);
}

function listOf<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

/** What is looked at, and what for. */
interface Opened {
  readonly source: Source;
  readonly wish: CheckWish;
  /** It is a report, which nothing can be added to. */
  readonly isRecorded: boolean;
  /** What was odd about the source, asked for in the end. Untrusted. */
  readonly problems: () => readonly string[];
  /** The same error, so that it does not seem to speak of this host when it is about another one. */
  readonly explain: (error: unknown) => unknown;
}

async function openSource(parsed: CheckArguments, invocation: Invocation): Promise<Opened> {
  const place = readPlace('--on', parsed.on);
  const signal = deadlineOf(parsed, invocation);
  const onProgress = progressOf(parsed, invocation);
  if (place.kind === 'report') {
    const [{ completeArguments, explainRecorded }, { openBundle }] = await Promise.all([
      import('./recorded.js'),
      import('../source/bundle.js'),
    ]);
    const bundle = await openBundle(place.path);
    return {
      source: bundle,
      wish: readCheckWish(completeArguments(parsed, bundle.manifest), invocation.cwd),
      isRecorded: true,
      problems: () => bundle.problems(),
      explain: (error) => explainRecorded(error, bundle),
    };
  }
  const { env, now } = invocation;
  return {
    source: openLocal({ signal, onProgress, env, now }),
    wish: readCheckWish(parsed, invocation.cwd),
    isRecorded: false,
    problems: () => [],
    explain: (error) => error,
  };
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
