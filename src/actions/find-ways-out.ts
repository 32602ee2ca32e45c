/** Says what can be done after a failure: the exact commands, and what each of them costs. Pure. */

import type { EngineGuard } from '../engines/engine.js';
import type { Action } from '../engines/action.js';
import type { GuardRecord, Insurance, Observation, WayOut } from './guard-record.js';
import { findMoveState } from './judge-move.js';

/** The ways out of what the command left, the best first; empty when there is nothing to mend. */
export function findWaysOut(record: GuardRecord, guard: EngineGuard): readonly WayOut[] {
  const { verification } = record;
  if (verification === undefined) return [];
  const { after, residues, outcome } = verification;
  const cleaning = cleanWay(record);
  if (record.action.kind === 'move') return [...cleaning, ...afterMove(record, guard)];
  if (outcome === 'done' && residues.length === 0) return [];
  if (after.status === 'running') return [...cleaning, ...(outcome === 'done' ? [] : dumpAgain(record))];
  if (after.status !== 'stopped' || outcome === 'done') return cleaning;
  return [...cleaning, ...(record.action.kind === 'restore' ? afterRestore(record, guard) : afterStart(record, guard))];
}

function cleanWay({ id, verification }: GuardRecord): readonly WayOut[] {
  const residues = verification?.residues ?? [];
  if (residues.length === 0) return [];
  // What holds the processes goes first, and the rest may go with it.
  const holding = residues.filter(
    ({ effect, clean }) => (effect === 'frozen' || effect === 'twin') && clean.length > 0,
  );
  const first = holding.length > 0 ? holding : residues;
  const commands = first.flatMap(({ clean }) => clean.map(quoteCommand));
  const byHand = residues.flatMap((residue) => (residue.byHand === undefined ? [] : [residue.byHand]));
  return [
    {
      kind: 'clean',
      title: `Take away what was left: ${[...new Set(residues.map(({ title }) => title))].join('; ')}`,
      commands: commands.length === 0 ? [] : [`crdoctor guard --resume ${id} --recover clean`, ...commands],
      note: [...new Set([...residues.map(({ risk }) => risk), ...byHand])].join(' '),
    },
  ];
}

/** What a move leaves on either side. */
function afterMove(record: GuardRecord, guard: EngineGuard): readonly WayOut[] {
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

function dumpAgain({ command, action }: GuardRecord): readonly WayOut[] {
  if (action.kind !== 'stop' && action.kind !== 'snapshot') return [];
  return [
    {
      kind: 'retry',
      title: 'Mend the cause, then try again',
      commands: [`crdoctor guard -- ${quoteCommand(command)}`],
    },
  ];
}

function afterStart(record: GuardRecord, guard: EngineGuard): readonly WayOut[] {
  const { id, action, verification } = record;
  const after = verification?.after;
  const copy = stateCopyOf(record);
  if (action.kind === 'stop' && after?.state === 'whole' && after.isStateful === false) return forgotten(record, guard);
  const isInPlace = after?.isStateful === true && after.state === 'whole';
  const retry: readonly WayOut[] = isInPlace
    ? [
        {
          kind: 'retry',
          title: 'The state is still there: mend the cause, then start it again',
          commands: [`crdoctor guard -- ${quoteCommand(guard.start(action.instance))}`],
        },
      ]
    : copy !== undefined
      ? [
          {
            kind: 'retry',
            title: 'The engine has lost the state, the copy of guard is whole: mend the cause, then put it back',
            commands: [`crdoctor guard --resume ${id} --recover retry`, ...putBackByHand(copy, action.instance, guard)],
            note: 'Its files must still be as they were: do not boot it in between.',
          },
        ]
      : [];
  const fresh = isInPlace ? guard.startFresh(action.instance) : guard.start(action.instance);
  return [
    ...retry,
    {
      kind: 'fresh',
      title: 'Give the state up and boot it',
      commands: [`crdoctor guard --resume ${id} --recover fresh`, quoteCommand(fresh)],
      note: 'What its processes had in memory is not brought back.',
    },
  ];
}

/** The dump was finished and the stop was not: the next start would delete the state. */
function forgotten({ id, action: { instance } }: GuardRecord, guard: EngineGuard): readonly WayOut[] {
  return [
    {
      kind: 'retry',
      title: 'The state is whole on the disk, and the engine does not know of it: tell it, then start',
      commands: [
        `crdoctor guard --resume ${id} --recover retry`,
        ...[guard.markStateful(instance), guard.start(instance)].map(quoteCommand),
      ],
      note: 'A start without that deletes the state.',
    },
  ];
}

function putBackByHand(
  { from, to }: Extract<Insurance, { kind: 'state-copy' }>,
  instance: string,
  guard: EngineGuard,
): readonly string[] {
  return [['cp', '-a', to, from], guard.markStateful(instance), guard.start(instance)].map(quoteCommand);
}

function afterRestore(record: GuardRecord, guard: EngineGuard): readonly WayOut[] {
  const { id, action, insurances, verification } = record;
  const isForgotten = verification?.after.state === 'whole' && verification.after.isStateful === false;
  const kept = insurances.find((each) => each.kind === 'rootfs-snapshot');
  return [
    ...(isForgotten ? forgotten(record, guard) : []),
    {
      kind: 'retry',
      title: 'Mend the cause, then restore the snapshot again; it is unchanged',
      commands: [quoteCommand(guard.restore(action.instance, action.snapshot ?? '', action.wantsState))],
    },
    {
      kind: 'fresh',
      title: 'Boot it with the files of the snapshot',
      commands: [`crdoctor guard --resume ${id} --recover fresh`, quoteCommand(guard.start(action.instance))],
    },
    ...(kept === undefined
      ? []
      : [
          {
            kind: 'fresh',
            title: 'Go back to the files as they were before, and boot',
            commands: [guard.restore(action.instance, kept.snapshot, false), guard.start(action.instance)].map(
              quoteCommand,
            ),
          } as const,
        ]),
  ];
}

/** The copy of the state that guard has made, if it has. */
export function stateCopyOf({ insurances }: GuardRecord): Extract<Insurance, { kind: 'state-copy' }> | undefined {
  return insurances.find((each) => each.kind === 'state-copy');
}

/** As a shell takes it. */
export function quoteCommand(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}
