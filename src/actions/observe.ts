/** Looks at an instance from the outside: its state, its processes, its network, what the engine keeps of it. */

import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Engine, Instance, InstancePlaces, Packaging } from '../engines/engine.js';
import { findRootPool } from '../engines/lxd-family.js';
import { errorCode } from '../errors.js';
import { parsePstreeImage } from '../parse/pstree-image.js';
import { parsePools, parseServer } from '../parse/server-json.js';
import type { Evidence, Source } from '../source/source.js';
import { findTrees, readPayloadGroup } from './find-trees.js';
import type { Observation } from './guard-record.js';
import { lookAtProcesses, type ObservedPart } from './look-at-processes.js';

/** An instance and where it can be looked at. */
export interface GuardedInstance {
  readonly engine: Engine;
  readonly packaging: Packaging;
  readonly name: string;
}

/** What is observed, with what the engine said about the instance. */
export interface Look {
  readonly observation: Observation;
  /** Undefined: it is missing, or the engine could not be asked. */
  readonly instance: Instance | undefined;
  readonly places: InstancePlaces | undefined;
  /** Pid of the engine's daemon, for a daemon with mounts of its own. */
  readonly daemonPid: number | undefined;
  /** Pid of the engine's daemon. */
  readonly serverPid: number | undefined;
  /** Driver of the pool that its root file system lies in. */
  readonly poolDriver: string | undefined;
}

/** Files that a finished dump has written, the last of them last (CRIU 4.2 `cr-dump.c`, cr_dump_finish). */
const wholeMarks = ['pstree.img', 'inventory.img', 'stats-dump'] as const;

const unseen = {
  instance: undefined,
  places: undefined,
  daemonPid: undefined,
  serverPid: undefined,
  poolDriver: undefined,
} as const;

/** Never throws for what cannot be seen: that is a gap. */
export async function observe(source: Source, { engine, packaging, name }: GuardedInstance): Promise<Look> {
  const requests = [...engine.instanceRequests(name), ...listOf(engine.serverRequest)];
  const snapshotsRequest = engine.guard?.snapshotsRequest(name);
  const answers = await source.gather([...requests, ...listOf(snapshotsRequest)]);
  const byId = new Map(answers.map((each) => [each.id, each]));
  const answer = await completePid(source, engine, name, byId);
  if (answer.outcome !== 'found') {
    const isMissing = answer.outcome === 'missing';
    const observation: Observation = isMissing ? { status: 'missing', gaps: [] } : { gaps: [answer.reason] };
    return { observation, ...unseen };
  }
  const { instance } = answer;
  const serverPid = parseServer(byId.get(engine.serverRequest?.id ?? '')?.text ?? '')?.pid;
  const daemonPid = packaging === 'snap' ? serverPid : undefined;
  const usual = engine.findPlaces(instance, packaging);
  const group = instance.pid === undefined ? undefined : await readPayloadGroup(instance.pid);
  const places = group === undefined ? usual : { ...usual, cgroup: group };
  const snapshotAnswer = byId.get('engine.snapshots');
  const snapshots = snapshotAnswer && engine.guard?.readSnapshots(snapshotAnswer);
  const parts = await Promise.all([
    lookAtProcesses(source, instance.pid, places),
    lookAtState(places.state === undefined ? undefined : seenBy(places.state, daemonPid)),
    lookAtLogs(places.logs),
    lookForOrphans(usual.cgroup),
  ]);
  const observation: Observation = {
    status: instance.status,
    ...(instance.pid !== undefined && { pid: instance.pid }),
    ...(instance.isStateful !== undefined && { isStateful: instance.isStateful }),
    ...(snapshots && { snapshots }),
    ...parts.reduce<Partial<Observation>>((all, part) => ({ ...all, ...part }), {}),
    gaps: parts.flatMap(({ gaps }) => gaps),
  };
  const poolDriver = poolDriverOf(byId.get('engine.pool'), instance);
  return { observation, instance, places, daemonPid, serverPid, poolDriver };
}

/** A path as it can be reached from here. */
export function seenBy(path: string, daemonPid: number | undefined): string {
  return daemonPid === undefined ? path : `/proc/${daemonPid}/root${path}`;
}

function listOf<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

async function completePid(
  source: Source,
  engine: Engine,
  name: string,
  evidence: ReadonlyMap<string, Evidence>,
): Promise<ReturnType<Engine['readInstance']>> {
  const first = engine.readInstance(evidence);
  const request = engine.pidRequest(name);
  if (first.outcome !== 'found' || first.instance.pid !== undefined || request === undefined) return first;
  if (first.instance.status === 'stopped') return first;
  const [state] = await source.gather([request]);
  return state === undefined ? first : engine.readInstance(new Map([...evidence, [state.id, state]]));
}

async function lookAtState(directory: string | undefined): Promise<ObservedPart> {
  if (directory === undefined) return { gaps: ['it is not known where its state lies'] };
  try {
    const names = new Set(await readdir(directory));
    const isWhole = wholeMarks.every((name) => names.has(name));
    const state = isWhole ? 'whole' : names.size === 0 ? 'none' : 'partial';
    if (!isWhole) return { stateDirectory: directory, state, gaps: [] };
    const inventory = await hashFile(join(directory, 'inventory.img'));
    const savedPids = await readSavedPids(directory);
    return { stateDirectory: directory, state, inventory, ...(savedPids && { savedPids }), gaps: [] };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { stateDirectory: directory, state: 'none', gaps: [] };
    return { stateDirectory: directory, gaps: [`${directory} cannot be read: ${errorCode(error) ?? 'error'}`] };
  }
}

/** Pids inside of the processes that the images in a directory hold; undefined when that cannot be read. */
export async function readSavedPids(directory: string): Promise<readonly number[] | undefined> {
  try {
    return parsePstreeImage(await readFile(join(directory, 'pstree.img')));
  } catch {
    // There is no such file, or it may not be read.
    return undefined;
  }
}

/** SHA-256 of a small file. */
async function hashFile(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** What was left by a restore whose CRIU was killed runs on, and works on the same files. */
async function lookForOrphans(cgroup: string | undefined): Promise<ObservedPart> {
  const trees = cgroup === undefined ? [] : await findTrees(cgroup);
  const orphans = trees.filter(({ isOrphan }) => isOrphan).map(({ init }) => init);
  return { ...(orphans.length > 0 && { orphans }), gaps: [] };
}

async function lookAtLogs(directory: string | undefined): Promise<ObservedPart> {
  if (directory === undefined) return { gaps: [] };
  try {
    const logs: Record<string, number> = {};
    for (const name of await readdir(directory)) {
      if (name.endsWith('.log')) logs[name] = Math.round((await stat(join(directory, name))).mtimeMs);
    }
    return { logs, gaps: [] };
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? { logs: {}, gaps: [] } : { gaps: [`${directory} cannot be read`] };
  }
}

function poolDriverOf(pools: Evidence | undefined, instance: Instance): string | undefined {
  const pool = findRootPool(instance);
  return parsePools(pools?.text ?? '')?.find(({ name }) => name === pool)?.driver;
}
