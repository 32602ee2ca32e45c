/** Finds out how things stand after the command, once what it started has settled. */

import { setTimeout as wait } from 'node:timers/promises';

import { runCommand } from '../process/run.js';
import type { Residue } from '../rules/residue.js';
import type { Source } from '../source/source.js';
import type { MoveTarget } from '../engines/action.js';
import { findResidues } from './find-residues.js';
import type { GuardRecord, Observation, TargetState } from './guard-record.js';
import { findMoveState } from './judge-move.js';
import { observeTarget } from './observe-target.js';
import { placeOf } from './set-mark.js';
import { observe, type GuardedInstance, type Look } from './observe.js';
import type { Aftermath } from './verify.js';

/** A process that was restored wrongly dies within this, mostly at once. */
const settleMs = 1500;
/** An engine that is still at it says `running` of what has just ended, and the other way round. */
const busyTries = 5;
/** A daemon that has died is started anew by what looks after it, and then starts what ran before. */
const awayTries = 40;
const afterAwayMs = 4000;
/** A target takes away what it has made of a move that failed, Incus seconds after the command has ended. */
const halfMadeTries = 10;
const halfMadeMs = 2000;
const probeMs = 60_000;
const maxProbeBytes = 65_536;

export interface AftermathOptions {
  readonly source: Source;
  readonly guarded: GuardedInstance;
  readonly residues: readonly Residue[];
  /** The host of the target, where it can be reached. */
  readonly there?: Source | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Looks twice, because what dies does so a moment later. */
export async function gatherAftermath(record: GuardRecord, options: AftermathOptions): Promise<Aftermath> {
  const { source, guarded, residues } = options;
  const look = await lookWhenSettled(source, guarded);
  const { observation: after } = look;
  const { target: goesTo } = record.action;
  const [left, kernelLines, target] = await Promise.all([
    findResidues(source, residues, placeOf(record.action, look)),
    readKernelLines(source, record.mark?.uptimeS ?? 0),
    goesTo && observeSettledTarget(goesTo, after, options),
  ]);
  const isNew = (sign: string): boolean => !(record.mark?.residues ?? []).some((each) => each.sign === sign);
  const probe = await runProbe(record, after.pid, options.env);
  return {
    after,
    ...(target && { target }),
    // What was there before is no news, unless it holds the instance down.
    residues: left.found.filter(({ sign, effect }) => effect !== 'litter' || isNew(sign)),
    kernelLines,
    ...(probe && { probe }),
    unseen: left.unseen,
  };
}

async function observeSettledTarget(
  goesTo: MoveTarget,
  after: Observation,
  { source, guarded, there }: AftermathOptions,
): Promise<TargetState> {
  let target = await observeTarget(source, guarded.engine, goesTo, there);
  for (let tries = 0; tries < halfMadeTries && findMoveState(after, target) === 'half-made'; tries += 1) {
    await wait(halfMadeMs);
    target = await observeTarget(source, guarded.engine, goesTo, there);
  }
  return target;
}

async function lookWhenSettled(source: Source, guarded: GuardedInstance): Promise<Look> {
  let look = await observe(source, guarded);
  const wasAway = look.observation.status === undefined;
  for (let tries = 0; tries < awayTries && look.observation.status === undefined; tries += 1) {
    await wait(settleMs / 2);
    look = await observe(source, guarded);
  }
  if (wasAway && look.observation.status !== undefined) {
    await wait(afterAwayMs);
    look = await observe(source, guarded);
  }
  for (let tries = 0; tries < busyTries && look.observation.status === 'error'; tries += 1) {
    await wait(settleMs);
    look = await observe(source, guarded);
  }
  if (look.observation.pid === undefined) return look;
  await wait(settleMs);
  return observe(source, guarded);
}

/** Lines of the kernel since then, without their time stamps; undefined when they may not be read. */
async function readKernelLines(source: Source, sinceS: number): Promise<readonly string[] | undefined> {
  const [answer] = await source.gather([{ id: 'host.dmesg', kind: 'command', argv: ['dmesg'], keep: 'tail' }]);
  if (answer?.status !== 'ok' && answer?.status !== 'truncated') return undefined;
  return cutKernelLog(answer.text ?? '', sinceS);
}

/** Lines `[ 1234.567890] text` from `sinceS` seconds after boot on, without the time stamp. */
export function cutKernelLog(text: string, sinceS: number): readonly string[] {
  return [...text.matchAll(/^\[ *(\d+\.\d+)\] (.*)$/gm)]
    .filter(([, time]) => Number(time) >= sinceS)
    .map(([, , line = '']) => line);
}

/** The user's own words, so the user's own shell reads them. */
async function runProbe(
  { wish: { probe }, cwd }: GuardRecord,
  init: number | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Aftermath['probe']> {
  if (probe === undefined) return undefined;
  if (init === undefined) return { worked: false, detail: 'not tried: the instance does not run' };
  const ran = await runCommand(['/bin/sh', '-c', `cd "$1" || exit 1\n${probe}`, 'sh', cwd], {
    timeoutMs: probeMs,
    maxBytes: maxProbeBytes,
    keep: 'tail',
    env,
  });
  const said = ran.stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  if (ran.status === 'ok') return { worked: true, detail: 'ended with status 0' };
  const ending =
    ran.status === 'timed-out' ? `no end within ${probeMs / 1000} s` : `status ${ran.exitStatus ?? ran.status}`;
  return { worked: false, detail: said === '' ? ending : `${ending}: ${said}` };
}
