/** Says what can be done after a failure: the exact commands, and what each of them costs. Pure. */

import type { EngineGuard } from '../engines/engine.js';
import type { GuardRecord, Insurance, WayOut } from './guard-record.js';
import { quoteCommand } from './quote-command.js';
import { afterMove } from './ways-after-move.js';

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
