/** Judges what a command really did, whatever it said. Pure: two observations in, a verification out. */

import { judgeMove } from './judge-move.js';
import type {
  FoundResidue,
  GuardRecord,
  Observation,
  TargetState,
  TaskNote,
  Verification,
  Verified,
} from './guard-record.js';

/** What was found out after the command. */
export interface Aftermath {
  readonly after: Observation;
  /** The other end of a move. */
  readonly target?: TargetState;
  readonly residues: readonly FoundResidue[];
  /** Messages of the kernel since the mark; undefined = they could not be read. */
  readonly kernelLines: readonly string[] | undefined;
  /** What the user's own probe came to; undefined = none was asked for. */
  readonly probe?: { readonly worked: boolean; readonly detail: string };
  /** What could not be looked for. */
  readonly unseen: readonly string[];
}

/** A process that ends like this after a restore was restored wrongly, mostly on another processor. */
const deadly = /^(?<name>.{1,15})\[\d+\]:? (?:segfault at|trap invalid opcode|general protection|bus error)/;
const trapped = /^traps: (?<name>.{1,15})\[\d+\] (?:trap|general)/;

/** Whether the command achieved what it is for, and whether what was there before is still there. */
export function verify(record: GuardRecord, aftermath: Aftermath): Verification {
  const { after, residues, target } = aftermath;
  const isMove = record.action.kind === 'move';
  const [goal, ...ofTarget] = isMove ? judgeMove(record, after, target) : [judgeGoal(record, after)];
  if (goal === undefined) throw new Error('nothing was judged');
  const runs = after.status === 'running';
  const checks: readonly Verified[] = [
    goal,
    ...ofTarget,
    ...judgeSavedState(record, after, goal.result === 'ok'),
    ...judgeTwins(aftermath),
    ...(runs ? judgeRunning(record, aftermath, goal.result === 'ok') : []),
    ...(aftermath.probe === undefined
      ? []
      : [{ what: 'probe', result: aftermath.probe.worked ? 'ok' : 'bad', detail: aftermath.probe.detail } as const]),
  ];
  return { outcome: judgeOutcome(record, checks, aftermath), checks, after, ...(target && { target }), residues };
}

/** The first check is the goal; everything else is about the life of the instance. */
function judgeOutcome(record: GuardRecord, checks: readonly Verified[], aftermath: Aftermath): Verification['outcome'] {
  const { after } = aftermath;
  const [goal, ...others] = checks;
  if (goal?.result === 'unknown' || after.status === undefined) return 'unknown';
  const isWell = others.every(({ result }) => result !== 'bad');
  const isSure = others.every(({ what, result }) => result !== 'unknown' || what === 'deaths');
  if (goal?.result === 'ok') return !isWell ? 'harmed' : isSure ? 'done' : 'unknown';
  if (!isAsBefore(record, aftermath)) return 'harmed';
  return !isWell ? 'harmed' : isSure ? 'unharmed' : 'unknown';
}

/** What ran runs, what was saved is saved, and there is no second one elsewhere. */
function isAsBefore({ mark }: GuardRecord, { after, target }: Aftermath): boolean {
  const before = mark?.before;
  if (before === undefined || before.status !== after.status) return false;
  if (before.pid !== after.pid || (target !== undefined && !isAsFree(mark?.target, target))) return false;
  if (before.isStateful === true && after.isStateful !== true) return false;
  return before.state !== 'whole' || after.inventory === before.inventory;
}

/** Nothing of it is on the target that was not there before. */
function isAsFree(before: TargetState | undefined, { status, leftovers = [] }: TargetState): boolean {
  return status === 'missing' && leftovers.every((path) => before?.leftovers?.includes(path) === true);
}

function judgeGoal({ action, mark }: GuardRecord, after: Observation): Verified {
  const before = mark?.before;
  if (after.status === undefined) return say('goal', 'unknown', after.gaps[0] ?? 'the engine could not be asked');
  switch (action.kind) {
    case 'stop':
      return judgeStop(before, after);
    case 'snapshot':
      return judgeSnapshot(action.snapshot, before, after);
    case 'start':
    case 'restore':
    default:
      return after.status === 'running' ||
        (action.kind === 'restore' && before?.status !== 'running' && !action.wantsState)
        ? say('goal', 'ok', `it is ${after.status}`)
        : say('goal', 'bad', `it is ${after.status}`);
  }
}

function judgeStop(before: Observation | undefined, after: Observation): Verified {
  if (after.status !== 'stopped') return say('goal', 'bad', `it is ${after.status}, not stopped`);
  if (after.isStateful === undefined || after.state === undefined) {
    return say('goal', 'unknown', 'it is stopped, and it could not be told whether its state is saved');
  }
  const isNew = after.state === 'whole' && after.inventory !== before?.inventory;
  return after.isStateful && isNew
    ? say('goal', 'ok', `it is stopped, its state is saved (${countOf(after.savedPids)})`)
    : say('goal', 'bad', 'it is stopped, and its state is not saved');
}

function judgeSnapshot(wanted: string | undefined, before: Observation | undefined, after: Observation): Verified {
  if (after.snapshots === undefined) return say('goal', 'unknown', 'the snapshots could not be listed');
  const fresh = Object.keys(after.snapshots).filter((name) => !Object.hasOwn(before?.snapshots ?? {}, name));
  const name = wanted ?? fresh[0];
  const isThere = name !== undefined && Object.hasOwn(after.snapshots, name);
  if (!isThere) return say('goal', 'bad', 'there is no new snapshot');
  return after.snapshots[name] === true
    ? say('goal', 'ok', `the snapshot ${name} holds the state`)
    : say('goal', 'bad', `the snapshot ${name} holds no state`);
}

/** Processes that run beside it, or although it is stopped, and write to its files. */
function judgeTwins({ residues }: Aftermath): readonly Verified[] {
  const twins = residues.filter(({ effect }) => effect === 'twin');
  return twins.length === 0 ? [] : [say('alone', 'bad', [...new Set(twins.map(({ title }) => title))].join('; '))];
}

function judgeRunning(record: GuardRecord, aftermath: Aftermath, isDone: boolean): readonly Verified[] {
  const { after, residues, unseen } = aftermath;
  const { heldTasks } = after;
  const effects = residues.filter(({ effect }) => effect === 'cut-off' || effect === 'frozen');
  return [
    ...judgeInit(record, after, isDone),
    heldTasks === undefined
      ? say('tasks free', 'unknown', 'its processes could not be seen')
      : heldTasks.length === 0
        ? say('tasks free', 'ok', 'none is traced or stopped')
        : say('tasks free', 'bad', heldTasks.slice(0, 5).join('; ')),
    effects.length > 0
      ? say('not cut off', 'bad', [...new Set(effects.map(({ title }) => title))].join('; '))
      : unseen.length > 0
        ? say('not cut off', 'unknown', unseen.join('; '))
        : say('not cut off', 'ok', 'neither frozen nor locked'),
    ...judgeTasks(record, after, isDone),
    ...judgeListening(record, after, isDone),
    judgeDeaths(record, aftermath),
  ];
}

/** What was saved before and not used is still saved. */
function judgeSavedState({ action, mark }: GuardRecord, after: Observation, isDone: boolean): readonly Verified[] {
  const before = mark?.before;
  if (action.kind === 'start' && isDone && after.isStateful === true && after.state === 'whole') {
    const detail = 'it runs, and the engine keeps the state it came from: another start would bring that back, now old';
    return [say('saved state', 'changed', detail)];
  }
  if (isDone || before?.isStateful !== true || before.state !== 'whole' || action.kind === 'stop') return [];
  if (after.state === undefined) return [say('saved state', 'unknown', after.gaps.join('; '))];
  return after.isStateful === true && after.inventory === before.inventory
    ? [say('saved state', 'ok', 'the engine still has it')]
    : [say('saved state', 'bad', 'the engine has deleted it or does not know of it any more')];
}

/** A dump leaves the init alone; everything else makes a new one. */
function judgeInit({ action, mark }: GuardRecord, after: Observation, isDone: boolean): readonly Verified[] {
  const keepsInit = action.kind === 'snapshot' || ((action.kind === 'stop' || action.kind === 'move') && !isDone);
  if (!keepsInit || mark?.before.pid === undefined) return [];
  return [
    after.pid === mark.before.pid
      ? say('same init', 'ok', `pid ${after.pid}`)
      : say('same init', 'bad', `its init was ${mark.before.pid} and is ${after.pid ?? 'gone'} now`),
  ];
}

function judgeTasks({ action, mark }: GuardRecord, after: Observation, isDone: boolean): readonly Verified[] {
  const isRestored = (action.kind === 'start' || action.kind === 'restore') && isDone;
  const promised = isRestored ? mark?.promisedPids : mark?.before.tasks?.map(({ innerPid }) => innerPid);
  const wanted = promised?.filter((pid) => pid !== undefined);
  if (wanted === undefined || (isRestored && !action.wantsState)) return [];
  if (after.tasks === undefined) return [say('tasks as before', 'unknown', 'its processes could not be seen')];
  const present = new Set(after.tasks.map(({ innerPid }) => innerPid));
  const missing = wanted.filter((pid) => !present.has(pid));
  if (missing.length === 0) return [say('tasks as before', 'ok', `all ${wanted.length}`)];
  const names = missing.map((pid) => nameTask(pid, mark?.before.tasks));
  // A process may end by itself at any time, but not all of them do at once.
  const isLost = missing.includes(1) || (wanted.length > 1 && missing.length >= wanted.length - 1);
  return [say('tasks as before', isLost ? 'bad' : 'changed', `of ${wanted.length} are gone: ${names.join(', ')}`)];
}

function nameTask(innerPid: number, tasks: readonly TaskNote[] = []): string {
  const name = tasks.find((task) => task.innerPid === innerPid)?.name;
  return name === undefined ? `pid ${innerPid} inside` : `${name} (pid ${innerPid} inside)`;
}

function judgeListening({ action, mark }: GuardRecord, after: Observation, isDone: boolean): readonly Verified[] {
  const isRestored = (action.kind === 'start' || action.kind === 'restore') && isDone;
  const wanted = isRestored ? mark?.promisedListening : mark?.before.listening;
  if (wanted === undefined || wanted.length === 0) return [];
  if (after.listening === undefined) return [say('listening', 'unknown', 'its sockets could not be seen')];
  const missing = wanted.filter((socket) => !after.listening?.includes(socket));
  return missing.length === 0
    ? [say('listening', 'ok', `all ${wanted.length} sockets`)]
    : [say('listening', 'bad', `no longer waiting for connections: ${missing.join(', ')}`)];
}

function judgeDeaths({ mark }: GuardRecord, { kernelLines, after }: Aftermath): Verified {
  if (kernelLines === undefined) return say('deaths', 'unknown', 'the messages of the kernel could not be read');
  const names = new Set([...(mark?.before.tasks ?? []), ...(after.tasks ?? [])].map(({ name }) => name));
  const deaths = kernelLines.filter((line) => {
    const name = (deadly.exec(line) ?? trapped.exec(line))?.groups?.['name'];
    return name !== undefined && names.has(name);
  });
  return deaths.length === 0
    ? say('deaths', 'ok', 'the kernel killed none of them')
    : say('deaths', 'bad', deaths.slice(0, 3).join('; '));
}

function countOf(pids: readonly number[] | undefined): string {
  if (pids === undefined) return 'processes not counted';
  return pids.length === 1 ? '1 process' : `${pids.length} processes`;
}

function say(what: string, result: Verified['result'], detail: string): Verified {
  return { what, result, detail };
}
