/** Judges which of the states that a live move can end in is the one that is there. Pure. */

import type { GuardRecord, Observation, TargetState, TaskNote, Verified } from './guard-record.js';

/**
 * `moved`: it runs on the target alone. `kept`: the source runs on, the target has nothing. `held`: the source is
 * there, and its processes are stopped, frozen or traced by a CRIU that waits. `half-made`: the source runs, and
 * something of it is on the target. `twins`: both run, with one identity. `lost`: it runs nowhere.
 */
export type MoveState = 'moved' | 'kept' | 'held' | 'half-made' | 'twins' | 'lost' | 'unknown';

/** From what both servers say and what is seen of the processes; never from what the command said. */
export function findMoveState(
  { status: here, heldTasks = [] }: Observation,
  target: TargetState | undefined,
): MoveState {
  const there = target?.status;
  if (here === undefined || there === undefined) return 'unknown';
  const isHere = here === 'running' || here === 'frozen';
  if (there === 'running') return isHere ? 'twins' : 'moved';
  if (!isHere) return 'lost';
  if (heldTasks.length > 0 || here === 'frozen') return 'held';
  return there === 'missing' && (target?.leftovers ?? []).length === 0 ? 'kept' : 'half-made';
}

/** The goal first, then what was seen of its life on the target. */
export function judgeMove(
  { action, mark }: GuardRecord,
  after: Observation,
  target: TargetState | undefined,
): readonly Verified[] {
  const remote = action.target?.remote ?? '';
  const state = findMoveState(after, target);
  if (state === 'unknown') return [{ what: 'goal', result: 'unknown', detail: whyUnknown(remote, after, target) }];
  const both = `it is ${target?.status} on ${remote} and ${after.status} here`;
  if (state !== 'moved')
    return [{ what: 'goal', result: 'bad', detail: `${both}${consequence(state, after, target)}` }];
  const seen = target?.tasks === undefined ? '; its processes there were not looked at' : '';
  return [{ what: 'goal', result: 'ok', detail: `${both}${seen}` }, ...judgeLifeThere(mark?.before, target)];
}

function whyUnknown(remote: string, after: Observation, target: TargetState | undefined): string {
  if (after.status === undefined) return after.gaps[0] ?? 'the engine could not be asked';
  return `${remote} could not be asked: ${target?.reason ?? 'no answer'}`;
}

function consequence(state: MoveState, { heldTasks = [] }: Observation, target: TargetState | undefined): string {
  switch (state) {
    case 'twins':
      return heldTasks.length > 0
        ? ', where its processes are held: let them go and there are two of it'
        : ': two with one identity, stop one of them before they harm each other';
    case 'held':
      return ', where its processes are held';
    case 'half-made':
      return `: the target is half made${(target?.leftovers ?? []).map((path) => `, ${path} is left there`).join('')}`;
    case 'lost':
      return ': it runs nowhere, its memory is lost';
    default:
      return '';
  }
}

/** Only where the host of the target can be looked at. */
function judgeLifeThere(before: Observation | undefined, target: TargetState | undefined): readonly Verified[] {
  if (target?.tasks === undefined) return [];
  const { heldTasks = [] } = target;
  return [
    heldTasks.length === 0
      ? { what: 'tasks free there', result: 'ok', detail: 'none is traced or stopped' }
      : { what: 'tasks free there', result: 'bad', detail: heldTasks.slice(0, 5).join('; ') },
    ...judgeTasksThere(before?.tasks, target.tasks),
    ...judgeListeningThere(before?.listening, target.listening),
  ];
}

/** Pids inside stay what they were; a process may end by itself at any time, but not all of them do at once. */
function judgeTasksThere(before: readonly TaskNote[] | undefined, there: readonly TaskNote[]): readonly Verified[] {
  const wanted = (before ?? []).filter(({ innerPid }) => innerPid !== undefined);
  if (wanted.length === 0) return [];
  const present = new Set(there.map(({ innerPid }) => innerPid));
  const missing = wanted.filter(({ innerPid }) => !present.has(innerPid));
  if (missing.length === 0) return [{ what: 'tasks there', result: 'ok', detail: `all ${wanted.length}` }];
  const names = missing.map(({ name, innerPid }) => `${name} (pid ${innerPid} inside)`).join(', ');
  const isLost = missing.some(({ innerPid }) => innerPid === 1) || missing.length >= Math.max(1, wanted.length - 1);
  return [
    { what: 'tasks there', result: isLost ? 'bad' : 'changed', detail: `of ${wanted.length} are gone: ${names}` },
  ];
}

function judgeListeningThere(
  before: readonly string[] | undefined,
  there: readonly string[] | undefined,
): readonly Verified[] {
  if (before === undefined || before.length === 0) return [];
  if (there === undefined)
    return [{ what: 'listening there', result: 'unknown', detail: 'its sockets cannot be seen' }];
  const missing = before.filter((socket) => !there.includes(socket));
  return missing.length === 0
    ? [{ what: 'listening there', result: 'ok', detail: `all ${before.length} sockets` }]
    : [{ what: 'listening there', result: 'bad', detail: `no longer waiting for connections: ${missing.join(', ')}` }];
}
