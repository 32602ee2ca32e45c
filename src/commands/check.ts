/** `crdoctor check`: judges a host or a container before the freeze. */

import { exitStatus, type ExitStatus } from '../errors.js';
import { collect, type Collected } from '../evidence/collect.js';
import { collectPair, type CollectedTarget } from '../evidence/collect-target.js';
import type { Assessment } from '../findings/finding.js';
import { escapeText } from '../render/escape.js';
import type { CheckContext } from '../render/options.js';
import type { Source } from '../source/source.js';
import { readCheckWish, type CheckArguments, type CheckWish } from './check-options.js';
import type { Invocation } from './invocation.js';
import type { Judge } from './judging.js';
import { openEnds, type OpenEnds } from './open-ends.js';
import { explainPlace, tellAboutPlace, type OpenedPlace } from './open-place.js';
import type { OpenTarget } from './open-target.js';
import { deadlineOf, progressOf, textOptionsOf } from './output-options.js';
import { openRules } from './rule-set.js';
import { readPlace } from './where-option.js';

/**
 * Judges what was asked for and prints the result. The exit status follows from the verdict.
 * @throws {UserError} wrong use, no such instance, an engine that cannot be asked
 */
export async function runCheck(parsed: CheckArguments, invocation: Invocation): Promise<ExitStatus> {
  const place = readPlace('--on', parsed.on);
  const to = parsed.to === undefined ? undefined : readPlace('--to', parsed.to);
  // Wrong use, of rules as well, is told before another host is called; else the rules load while it answers.
  const early =
    place.kind === 'report' ? undefined : loadJudge(readCheckWish(parsed, invocation.cwd), parsed, invocation);
  if (parsed.rules !== undefined) await early;
  early?.catch(() => undefined);
  const ends = await openEnds(place, to, {
    signal: deadlineOf(parsed, invocation),
    onProgress: progressOf(parsed, invocation),
    env: invocation.env,
    now: invocation.now,
    sudo: parsed.sudo,
    engine: parsed.engine,
    invocation,
  });
  try {
    tellAboutPlace(ends.opened, parsed.sudo ?? false, invocation);
    return await judgeEnds(ends, early, parsed, invocation);
  } finally {
    await ends.close();
  }
}

async function judgeEnds(
  { opened, target }: OpenEnds,
  early: Promise<Judge> | undefined,
  parsed: CheckArguments,
  invocation: Invocation,
): Promise<ExitStatus> {
  const { source, bundle } = opened;
  const { wish, explain } = await readWish(parsed, opened, invocation);
  const loading = early ?? loadJudge(wish, parsed, invocation);
  // What is wrong with rules of the user is told before anything is looked at; else both happen at once.
  if (parsed.rules !== undefined) await loading;
  const tellProblems = (): void => {
    const ofTarget = target === undefined ? [] : [target.problem ?? [], target.problems()].flat();
    for (const problem of [...(bundle?.problems() ?? []), ...ofTarget])
      invocation.stderr.write(`crdoctor: ${escapeText(problem)}\n`);
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
  // Nothing can be added to a report.
  const context = { reasons, strict: parsed.strict ?? false, isRecorded: bundle !== undefined };
  const tasks = collected.source.ofInstance.find(({ id }) => id === 'instance.tasks')?.text;
  invocation.stdout.write(await renderCheck(assessment, { ...context, tasks }, parsed, invocation));
  return statusOf(assessment, context.strict);
}

async function collectSides(
  source: Source,
  target: OpenTarget | undefined,
  wish: CheckWish,
): Promise<{ readonly source: Collected; readonly target?: CollectedTarget }> {
  if (target === undefined) return { source: await collect(source, wish) };
  return collectPair(source, target.source, wish, target.told);
}

interface ReadWish {
  readonly wish: CheckWish;
  /** The same error, so that it does not seem to speak of this host when it is about another one. */
  readonly explain: (error: unknown) => unknown;
}

async function readWish(parsed: CheckArguments, opened: OpenedPlace, { cwd }: Invocation): Promise<ReadWish> {
  const { bundle } = opened;
  if (bundle === undefined) {
    return { wish: readCheckWish(parsed, cwd), explain: (error) => explainPlace(error, opened) };
  }
  const { completeArguments, explainRecorded } = await import('./recorded.js');
  return {
    wish: readCheckWish(completeArguments(parsed, bundle.manifest), cwd),
    explain: (error) => explainRecorded(error, bundle),
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
  context: CheckContext & { readonly tasks: string | undefined },
  parsed: CheckArguments,
  invocation: Invocation,
): Promise<string> {
  switch (parsed.format) {
    case 'json':
      return (await import('../render/check-json.js')).renderCheckJson(assessment);
    case 'html':
      return (await import('../render/html/check-page.js')).renderCheckPage(assessment, context, context.tasks);
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
