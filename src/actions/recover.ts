/** Mends what a failed command left, when the user asks for it: puts the state back, boots, or cleans up. */

import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { EngineGuard } from '../engines/engine.js';
import { parseTasks } from '../parse/tasks.js';
import { runCommand } from '../process/run.js';
import type { Source } from '../source/source.js';
import { copyState, findDifferences } from './copy-state.js';
import { syncDirectory } from './durable-file.js';
import { findChangedFiles } from './find-changed-files.js';
import { cleanResidues, findResidues, findOtherCriu } from './find-residues.js';
import type { FoundResidue, GuardRecord, Recovery, RecoveryWish } from './guard-record.js';
import { inspectCopy, readCopyList } from './insure.js';
import { refuseTwin } from './refuse-twin.js';
import { placeOf } from './set-mark.js';
import { observe, type GuardedInstance, type Look } from './observe.js';
import { startSupervised, watchSupervised, type OutputSinks } from './run-supervised.js';
import { stateCopyOf } from './find-ways-out.js';
import type { Residue } from '../rules/residue.js';

export interface RecoverOptions extends OutputSinks {
  readonly source: Source;
  readonly guarded: GuardedInstance;
  readonly guard: EngineGuard;
  readonly residues: readonly Residue[];
  /** Directory of the guard. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Begins to look after a command that runs; the function that it gives ends that. */
  readonly watchOver: (directory: string) => () => Promise<void>;
}

interface Attempt {
  readonly worked: boolean;
  readonly lines: readonly string[];
}

const sqlMs = 30_000;
const freeMs = 500;
const otherTries = 60;

/** Never throws for what does not work: that is told in the lines. */
export async function recover(record: GuardRecord, kind: RecoveryWish, options: RecoverOptions): Promise<Recovery> {
  const look = await observe(options.source, options.guarded);
  const attempt = await attemptOf(kind, record, look, options);
  const { observation: after } = await observe(options.source, options.guarded);
  return { kind, ...attempt, after };
}

async function attemptOf(
  kind: RecoveryWish,
  record: GuardRecord,
  look: Look,
  options: RecoverOptions,
): Promise<Attempt> {
  if (kind === 'clean') {
    const reason = await refuseTwin(record, look, options.source, options.guarded);
    return reason === undefined ? clean(record, look, options) : failed(`nothing is let go: ${reason}`);
  }
  if (record.action.kind === 'move') return failed('after a move only clean is done by guard; the rest is printed');
  const { status } = look.observation;
  if (status === undefined) return failed(look.observation.gaps[0] ?? 'the engine could not be asked');
  if (kind === 'retry' && isForgotten(look)) return tellAndStart(record, options);
  if (record.action.kind === 'stop' || record.action.kind === 'snapshot') {
    if (status !== 'running') return failed(`${record.action.instance} is ${status}, there is nothing to dump`);
    return kind === 'retry'
      ? runAndJudge(record.command, record, options, record.action.kind === 'stop' ? 'stopped' : 'running')
      : failed(`${record.action.instance} runs, there is nothing to boot`);
  }
  if (status === 'running') return failed(`${record.action.instance} runs already`);
  if (record.action.kind === 'restore') return recoverRestore(kind, record, options);
  return kind === 'retry' ? retryStart(record, look, options) : bootFresh(record, look, options);
}

/** A whole state is in its place and the engine does not know of it: its next start would delete it. */
function isForgotten({ observation: { status, state, isStateful } }: Look): boolean {
  return status === 'stopped' && state === 'whole' && isStateful === false;
}

async function tellAndStart(record: GuardRecord, options: RecoverOptions): Promise<Attempt> {
  const told = await tellEngine(record, options);
  if (!told.worked) return told;
  const started = await runAndJudge(options.guard.start(record.action.instance), record, options);
  return { worked: started.worked, lines: [...told.lines, ...started.lines] };
}

function recoverRestore(
  kind: Exclude<RecoveryWish, 'clean'>,
  record: GuardRecord,
  options: RecoverOptions,
): Promise<Attempt> {
  const { instance, snapshot = '', wantsState } = record.action;
  const argv = kind === 'retry' ? options.guard.restore(instance, snapshot, wantsState) : options.guard.start(instance);
  return runAndJudge(argv, record, options);
}

async function retryStart(record: GuardRecord, look: Look, options: RecoverOptions): Promise<Attempt> {
  const { observation } = look;
  const start = options.guard.start(record.action.instance);
  const isInPlace = observation.isStateful === true && observation.state === 'whole';
  const put = isInPlace ? { worked: true, lines: [] } : await putBack(record, look, options);
  if (!put.worked) return put;
  const now = isInPlace ? look : await observe(options.source, options.guarded);
  const changed = await findChangedFiles(options.source, now);
  const started = await runAndJudge(start, record, options);
  return {
    worked: started.worked,
    lines: [...put.lines, ...(changed === undefined ? [] : [changed]), ...started.lines],
  };
}

/** Never over something that is there, and never from a copy that is not what was copied. */
async function putBack(record: GuardRecord, look: Look, options: RecoverOptions): Promise<Attempt> {
  const copy = stateCopyOf(record);
  const place = look.observation.stateDirectory;
  if (copy === undefined || place === undefined) return failed('there is no copy of the state to put back');
  const flaws = await inspectCopy(options.directory);
  if (flaws === undefined) return failed(`the list of ${copy.to} is missing`);
  if (flaws.length > 0) return failed(`${copy.to} is damaged: ${flaws.slice(0, 3).join(', ')}`);
  const lines: string[] = [];
  if (look.observation.state !== 'none' || (await exists(place))) {
    const files = (await readCopyList(options.directory)) ?? [];
    const differences = await findDifferences(place, files);
    if (differences.length > 0) return failed(`${place} holds something else; look at it and move it away`);
  } else {
    try {
      await copyInto(copy.to, place);
    } catch (error) {
      return failed(error instanceof Error ? error.message : 'it could not be copied');
    }
    lines.push(`${copy.to} is copied back to ${place}`);
  }
  if (look.observation.isStateful === true) return { worked: true, lines };
  const told = await tellEngine(record, options);
  return told.worked ? { worked: true, lines: [...lines, ...told.lines] } : told;
}

async function tellEngine({ action }: GuardRecord, { guard, env }: RecoverOptions): Promise<Attempt> {
  const [program = '', ...rest] = guard.markStateful(action.instance);
  const ran = await runCommand([program, ...rest], { timeoutMs: sqlMs, maxBytes: 65_536, keep: 'tail', env });
  const said = ran.stderr.toString('utf8').trim().split('\n', 1)[0] ?? '';
  if (ran.status !== 'ok') return failed(`the engine was not told of the state: ${said || ran.status}`);
  return { worked: true, lines: ['the engine is told that there is a state again'] };
}

/** Under another name first: a state that is there in part would pass for a whole one. */
async function copyInto(from: string, place: string): Promise<void> {
  const part = `${place}.crdoctor`;
  await rm(part, { recursive: true, force: true });
  await copyState(from, part);
  await rename(part, place);
  await syncDirectory(dirname(place));
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The engine deletes its state then, so guard must have a whole copy of it. */
async function bootFresh(record: GuardRecord, look: Look, options: RecoverOptions): Promise<Attempt> {
  const { instance } = record.action;
  const { isStateful, state } = look.observation;
  if (isStateful !== true && state !== 'whole') return runAndJudge(options.guard.start(instance), record, options);
  const flaws = await inspectCopy(options.directory);
  if (flaws === undefined || flaws.length > 0) {
    return failed('the state would be deleted, and guard has no whole copy of it');
  }
  const argv = isStateful === true ? options.guard.startFresh(instance) : options.guard.start(instance);
  return runAndJudge(argv, record, options);
}

/**
 * First what holds its processes: a CRIU that may go on takes its own network lock away. Then what is left.
 */
async function clean(record: GuardRecord, look: Look, options: RecoverOptions): Promise<Attempt> {
  const { source, guarded, env } = options;
  const { tracers = [], orphans = [] } = look.observation;
  const others = await waitForOthers(source, [...tracers, ...(await belowOrphans(source, orphans))]);
  if (others === undefined) return failed('it could not be told whether a CRIU is at work; nothing is cleaned');
  if (others.length > 0) {
    return failed(`nothing is cleaned while another CRIU is at work on this host (pid ${others.join(', ')})`);
  }
  const first = await findOwn(record, look, options);
  const held = first.filter(({ effect }) => effect === 'frozen' || effect === 'twin');
  const freed = await cleanResidues(held, env);
  const later = held.length === 0 ? look : await lookOnceFree(source, guarded);
  const rest = await cleanResidues(await findOwn(record, later, options), env);
  const lines = [...freed.lines, ...rest.lines];
  return { worked: freed.worked && rest.worked, lines: lines.length === 0 ? ['there is nothing to clean'] : lines };
}

/** What is left of a restore may still bear the name of CRIU. */
async function belowOrphans(source: Source, orphans: readonly number[]): Promise<readonly number[]> {
  const trees = await source.gather(
    orphans.slice(0, 20).map((pid) => ({ id: `orphan.${pid}`, kind: 'tasks', rootPid: pid })),
  );
  return [...orphans, ...trees.flatMap(({ text }) => parseTasks(text ?? '')?.tasks.map(({ pid }) => pid) ?? [])];
}

/** Dumps and restores of other containers mostly take seconds. */
async function waitForOthers(source: Source, own: readonly number[]): Promise<readonly number[] | undefined> {
  let others = await findOtherCriu(source, own);
  for (let tries = 0; tries < otherTries && others !== undefined && others.length > 0; tries += 1) {
    await wait(freeMs);
    others = await findOtherCriu(source, own);
  }
  return others;
}

/** What was there before is litter of others, or somebody froze it on purpose. */
async function findOwn(record: GuardRecord, look: Look, options: RecoverOptions): Promise<readonly FoundResidue[]> {
  const known = new Set((record.mark?.residues ?? []).map(({ sign }) => sign));
  const { found } = await findResidues(options.source, options.residues, placeOf(record.action, look));
  return found.filter(
    ({ sign, effect, clean: argv }) =>
      argv.length > 0 && (effect === 'cut-off' || effect === 'twin' || !known.has(sign)),
  );
}

/** A CRIU that was told to let go needs a moment. */
async function lookOnceFree(source: Source, guarded: GuardedInstance): Promise<Look> {
  let look = await observe(source, guarded);
  for (let tries = 0; tries < 20 && (look.observation.heldTasks ?? []).length > 0; tries += 1) {
    await wait(freeMs);
    look = await observe(source, guarded);
  }
  return look;
}

/** Under a supervisor of its own, as the guarded command itself. */
async function runAndJudge(
  argv: readonly string[],
  { cwd, steps }: GuardRecord,
  options: RecoverOptions,
  wanted: 'running' | 'stopped' = 'running',
): Promise<Attempt> {
  const directory = join(options.directory, `recover-${steps.length}`);
  await mkdir(directory, { mode: 0o700 });
  await startSupervised(directory, { argv, cwd }, options.env);
  const { signal, stdout, stderr } = options;
  const stopWatching = options.watchOver(directory);
  const ending = await watchSupervised({ directory, signal, stdout, stderr });
  await stopWatching();
  const shown = argv.join(' ');
  if (ending === 'detached') return failed(`${shown} still runs`);
  const { observation } = await observe(options.source, options.guarded);
  const isRight = observation.status === wanted && (observation.heldTasks ?? []).length === 0;
  if (ending.exitStatus === 0 && isRight) return { worked: true, lines: [`${shown}: it is ${wanted}`] };
  const status = ending.exitStatus ?? ending.signal ?? ending.startError ?? 'unknown';
  return failed(`${shown} ended with ${status}, and it is ${observation.status ?? 'in an unknown state'}`);
}

function failed(line: string): Attempt {
  return { worked: false, lines: [line] };
}
