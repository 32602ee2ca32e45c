/** Decides what has to be kept before a command runs, and which commands are not run at all. Pure. */

import type { Action } from '../engines/action.js';
import type { Look } from './observe.js';

/** What is to be kept. */
export type InsurancePlan =
  | { readonly kind: 'state-copy'; readonly from: string; readonly why: string }
  | { readonly kind: 'rootfs-snapshot'; readonly why: string };

/** Why a command is not run. With an id it can be forced, as a cause of the check can. */
export interface Objection {
  readonly id: string;
  readonly message: string;
  readonly hint: string;
}

export interface InsurancePlans {
  readonly plans: readonly InsurancePlan[];
  /** What could be kept only in part or not at all, and why; `--no-insurance` goes without. */
  readonly uninsured: readonly string[];
  readonly objections: readonly Objection[];
  /** What the user should know although nothing can be done about it. */
  readonly warnings: readonly string[];
}

export interface InsuranceQuestion {
  readonly action: Action;
  readonly look: Look;
  /** When the engine's daemon began, milliseconds since 1970; undefined = not known. */
  readonly daemonStartedMs: number | undefined;
  /** LXD keeps a reference to what it has started from a state (see docs/guard.md). */
  readonly keepsReferences: boolean;
}

const none: InsurancePlans = { plans: [], uninsured: [], objections: [], warnings: [] };

/** What the engines destroy on the way is in docs/guard.md, with what was seen of it. */
export function planInsurance(question: InsuranceQuestion): InsurancePlans {
  const plans = planKind(question);
  return { ...plans, objections: [...objectToProject(question), ...plans.objections] };
}

/**
 * The helper that restores is given the name of the instance without that of its project (LXD 5.0.2 `driver_lxc.go`,
 * migrate, forkmigrate), so the container comes back under a name that the daemon does not look for.
 */
function objectToProject({ action, look }: InsuranceQuestion): readonly Objection[] {
  const { project, instance, kind, wantsState } = action;
  const isAboutState = kind !== 'start' || look.observation.isStateful === true;
  if (project === 'default' || !wantsState || !isAboutState) return [];
  const restores = kind === 'start' || kind === 'restore';
  return [
    {
      id: 'restore-in-project',
      message: `outside of the default project a state cannot be brought back: ${instance} of the project ${project} would run on under another name, and the engine would call it stopped${restores ? '' : ', so there is no use in saving it'}`,
      hint: `${restores ? 'Keep the state, and move' : 'Move'} the instance to the default project (stopped without a state), or force it`,
    },
  ];
}

function planKind(question: InsuranceQuestion): InsurancePlans {
  switch (question.action.kind) {
    case 'start':
      return planStart(question);
    case 'restore':
      return planRestore(question);
    case 'move':
      return planMove(question);
    case 'stop':
    case 'snapshot':
    default:
      return planDump(question);
  }
}

/** A start from state deletes the state when it works, and sometimes when it does not. */
function planStart({ action, look: { observation } }: InsuranceQuestion): InsurancePlans {
  const { state, isStateful, stateDirectory, status } = observation;
  if (status === 'running') return none;
  const copy: InsurancePlans = { ...none, ...copyOf(stateDirectory, state, 'the start deletes it') };
  if (isStateful !== true) {
    if (state === 'none' || state === undefined) return none;
    // A partial state is what a failed dump left, and can never be restored.
    if (state === 'partial') return none;
    return {
      ...copy,
      objections: [
        {
          id: 'forgotten-state',
          message: `${action.instance} has a whole saved state that the engine does not know of: this start would delete it and boot fresh`,
          hint: 'It is what a failed restore or start left. Keep a copy of it first, or force it',
        },
      ],
    };
  }
  if (state !== 'whole') {
    return {
      ...none,
      uninsured: [
        `the engine says that ${action.instance} has a saved state, and no whole one is in ${stateDirectory ?? 'its place'}`,
      ],
    };
  }
  if (action.wantsState) return copy;
  return {
    ...copy,
    objections: [
      {
        id: 'discarded-state',
        message: `${action.instance} was stopped with its state, and --stateless deletes it: what its processes had in memory is lost`,
        hint: `A start without --stateless brings it back`,
      },
    ],
  };
}

/** A dump begins by deleting the state directory (LXD 5.0, Incus 6.0 `driver_lxc.go`, Stop and Snapshot). */
function planDump({ action, look: { observation } }: InsuranceQuestion): InsurancePlans {
  const { state, stateDirectory } = observation;
  const copy = copyOf(stateDirectory, state, 'the dump deletes the state that is there');
  return {
    ...none,
    ...copy,
    uninsured: [
      ...copy.uninsured,
      ...(action.replaces ? ['--reuse deletes the snapshot of that name before the new one is made'] : []),
    ],
    warnings: sessionWarnings(observation),
  };
}

/** The memory goes from one CRIU to the other; there is nothing that could be copied. */
function planMove({ action, look: { observation } }: InsuranceQuestion): InsurancePlans {
  const memory = `the memory of ${action.instance} is on no disk during a live move, so guard can keep nothing of it; safer: stop it with its state, then copy it`;
  return { ...none, warnings: [memory, ...sessionWarnings(observation)] };
}

function sessionWarnings({ sessions = [] }: Look['observation']): readonly string[] {
  const names = sessions.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
  return names === '' ? [] : [`came in from outside and will not be in the dump: ${names} (lxc exec sessions)`];
}

/** A restore stops the instance and rolls its root file system back before it tries to bring the state back. */
function planRestore(question: InsuranceQuestion): InsurancePlans {
  const { action, look } = question;
  const { observation, poolDriver } = look;
  const { snapshots, state, stateDirectory, status } = observation;
  const copy = copyOf(stateDirectory, state, 'the restore deletes the state that is there');
  const canGoBack = poolDriver !== 'zfs';
  return {
    plans: [
      ...copy.plans,
      ...(canGoBack ? [{ kind: 'rootfs-snapshot', why: 'the restore rolls its files back' } as const] : []),
    ],
    uninsured: [
      ...copy.uninsured,
      ...(canGoBack
        ? []
        : ['a pool of zfs cannot go back behind a newer snapshot, so the present files cannot be kept that way']),
      ...(snapshots === undefined ? ['the snapshots could not be listed'] : []),
    ],
    objections: objectToRestore(question),
    warnings: status === 'running' ? [`what runs in ${action.instance} now ends; the snapshot takes its place`] : [],
  };
}

function objectToRestore(question: InsuranceQuestion): readonly Objection[] {
  const { action, look } = question;
  const { snapshots } = look.observation;
  const { instance, snapshot: name = '', wantsState } = action;
  if (snapshots === undefined) return [];
  if (!Object.hasOwn(snapshots, name)) {
    const message = `${instance} has no snapshot ${name}`;
    return [{ id: 'missing-snapshot', message, hint: `It has ${Object.keys(snapshots).join(', ') || 'none'}` }];
  }
  const objections: Objection[] = [];
  if (snapshots[name] === true && !wantsState) {
    objections.push({
      id: 'disk-only-restore',
      message: `the snapshot ${name} holds a state, and without --stateful it is not brought back: ${instance} boots fresh, and what runs in it now is lost`,
      hint: 'Add --stateful, or force it',
    });
  }
  if (snapshots[name] === false && wantsState) {
    objections.push({
      id: 'no-state-to-restore',
      message: `the snapshot ${name} holds no state: the restore would stop ${instance}, roll it back and then fail`,
      hint: 'Leave --stateful out, or force it',
    });
  }
  if (mayBeInUse(question)) {
    objections.push({
      id: 'mount-reference',
      message: `LXD has brought back a state of ${instance} since its daemon began. If a start did that, it stops ${instance} now, fails with "In use" and leaves it stopped without its state`,
      hint: 'Restart the daemon first (systemctl restart lxd; containers run on), or force it',
    });
  }
  return objections;
}

/** A start from state leaves a reference in the daemon (LXD 5.0.2); nothing but the log of CRIU tells of it. */
function mayBeInUse({ keepsReferences, daemonStartedMs, look }: InsuranceQuestion): boolean {
  const restored = newestRestore(look.observation.logs);
  return keepsReferences && restored !== undefined && daemonStartedMs !== undefined && restored > daemonStartedMs;
}

function copyOf(
  directory: string | undefined,
  state: Look['observation']['state'],
  why: string,
): Pick<InsurancePlans, 'plans' | 'uninsured'> {
  if (directory === undefined || state === undefined) {
    return { plans: [], uninsured: ['it could not be told whether a saved state is there'] };
  }
  return { plans: state === 'whole' ? [{ kind: 'state-copy', from: directory, why }] : [], uninsured: [] };
}

/** When CRIU last restored it, milliseconds since 1970: engines write the log at the end. */
function newestRestore(logs: Readonly<Record<string, number>> | undefined): number | undefined {
  const times = Object.entries(logs ?? {}).flatMap(([name, time]) =>
    name.startsWith('snapshot_restore_') ? [time] : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}
