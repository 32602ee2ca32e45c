/** Writes down how things stand right before the command, so that its outcome has something to be compared with. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Action } from '../engines/action.js';
import type { Engine } from '../engines/engine.js';
import type { Residue } from '../rules/residue.js';
import type { Source } from '../source/source.js';
import { findResidues, type ResiduePlace } from './find-residues.js';
import { isSameInstance, type GuardRecord, type Mark, type Observation } from './guard-record.js';
import { observeTarget } from './observe-target.js';
import { readSavedPids, seenBy, type Look } from './observe.js';

/** Looks for what is needed to judge the outcome later. `earlier`: guards of before, oldest first; `there`: the host of the target. */
export async function setMark(
  source: Source,
  engine: Engine,
  action: Action,
  look: Look,
  residues: readonly Residue[],
  earlier: readonly GuardRecord[],
  now: Date,
  there?: Source,
): Promise<Mark> {
  const { observation: before } = look;
  const [{ found }, promisedPids, target] = await Promise.all([
    findResidues(source, residues, placeOf(action, look)),
    readPromise(action, look),
    action.target && observeTarget(source, engine, action.target, there),
  ]);
  const promisedListening = findListening(action, before, earlier);
  return {
    at: now.toISOString(),
    uptimeS: await readUptime(),
    before,
    ...(target && { target }),
    ...(promisedPids && { promisedPids }),
    ...(promisedListening && { promisedListening }),
    ...(look.places && { places: look.places }),
    ...(look.daemonPid !== undefined && { daemonPid: look.daemonPid }),
    residues: found,
  };
}

/** What residues are looked for by. */
export function placeOf({ engine, instance }: Action, { observation, places }: Look): ResiduePlace {
  const { pid: init, tracers = [], orphans = [] } = observation;
  return { engine, instance, init, cgroup: places?.cgroup, tracers, orphans };
}

/** Seconds since boot; 0 where that cannot be read, so that no message of the kernel is missed. */
async function readUptime(): Promise<number> {
  const text = await readFile('/proc/uptime', 'utf8').catch(() => '0');
  return Number.parseFloat(text);
}

async function readPromise(action: Action, look: Look): Promise<readonly number[] | undefined> {
  const { observation, places, daemonPid } = look;
  if (!action.wantsState) return undefined;
  if (action.kind === 'start') return observation.isStateful === true ? observation.savedPids : undefined;
  if (action.kind !== 'restore' || places?.snapshots === undefined || action.snapshot === undefined) return undefined;
  return readSavedPids(seenBy(join(places.snapshots, action.snapshot, 'state'), daemonPid));
}

/** What listened when a guard made the dump that is brought back now: it wrote that down. */
function findListening(
  wanted: Action,
  before: Observation,
  earlier: readonly GuardRecord[],
): readonly string[] | undefined {
  const { kind, snapshot } = wanted;
  const dump = earlier.findLast(({ action, verification }) => {
    if (!isSameInstance(action, wanted) || verification?.outcome !== 'done') return false;
    if (kind === 'start') return before.inventory !== undefined && verification.after.inventory === before.inventory;
    return kind === 'restore' && action.kind === 'snapshot' && action.snapshot === snapshot;
  });
  return dump?.mark?.before.listening;
}
