/** Says what can be done about what a move has left: one answer for each of the states it can leave. Pure. */

import type { Action } from '../engines/action.js';
import type { EngineGuard } from '../engines/engine.js';
import type { GuardRecord, Observation, WayOut } from './guard-record.js';
import { findMoveState } from './judge-move.js';
import { quoteCommand } from './quote-command.js';

/** What a move leaves on either side. */
export function afterMove(record: GuardRecord, guard: EngineGuard): readonly WayOut[] {
  const { action, verification } = record;
  const { after, target } = verification ?? {};
  if (after === undefined || target === undefined) return [];
  const there = `${action.target?.remote}:${action.target?.instance}`;
  const client = guard.start(action.instance)[0] ?? '';
  switch (findMoveState(after, target)) {
    case 'moved':
      return after.status === 'stopped' ? [leftBehind(there, action, client)] : [];
    case 'twins':
      return twinWays(there, action, client, after);
    case 'half-made':
      return target.status === 'missing' ? [moveAgain(record)] : [takeAway(there, action, client), moveAgain(record)];
    case 'kept':
    case 'held':
      return after.status === 'running' ? [moveAgain(record)] : [];
    case 'lost':
      return target.status === 'stopped' && after.status === 'missing' ? [bootThere(there, client)] : [];
    default:
      return [];
  }
}

function leftBehind(there: string, { instance }: Action, client: string): WayOut {
  return {
    kind: 'clean',
    title: `What is left here has moved: never start it, it would be a twin of ${there}`,
    commands: [quoteCommand([client, 'delete', `local:${instance}`])],
    note: 'The engine may refuse that for some seconds.',
  };
}

function takeAway(there: string, { target }: Action, client: string): WayOut {
  return {
    kind: 'clean',
    title: `The source runs: take away what was half made on ${target?.remote}`,
    commands: [quoteCommand([client, 'delete', '--force', there])],
    note: 'Look first that the one here does its work.',
  };
}

function bootThere(there: string, client: string): WayOut {
  return {
    kind: 'fresh',
    title: 'It is on the other server alone, stopped, and its memory is lost: boot it there',
    commands: [quoteCommand([client, 'start', there])],
  };
}

function moveAgain({ action, command }: GuardRecord): WayOut {
  return {
    kind: 'retry',
    title: `Mend the cause, then try again; what the restore said is in the logs on ${action.target?.remote}`,
    commands: [`crdoctor guard -- ${quoteCommand(command)}`],
  };
}

/** Which of the two holds the newer data is for a person to tell. */
function twinWays(there: string, { instance }: Action, client: string, after: Observation): readonly WayOut[] {
  const held = (after.heldTasks ?? []).length > 0;
  return [
    {
      kind: 'clean',
      title: `It runs twice. Keep ${there}, which went on from the dump, and stop the one here`,
      commands: [quoteCommand([client, 'stop', '--force', `local:${instance}`])],
      note: held
        ? 'The one here has done nothing since the dump: its processes are held.'
        : 'What the one here has done since the dump is lost with it.',
    },
    {
      kind: 'clean',
      title: 'Or keep the one here',
      commands: [quoteCommand([client, 'stop', '--force', there])],
      note: 'What the other has done since the dump is lost with it.',
    },
  ];
}
