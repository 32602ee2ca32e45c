/** What is written down about a guarded command: the journal that a later run can go on from. */

import type { Action } from '../engines/action.js';
import type { InstancePlaces } from '../engines/engine.js';
import type { Assessment, Triage } from '../findings/finding.js';
import type { ProcessMark } from './live-process.js';

/** Each is written to the disk before it begins. */
export type StepName = 'check' | 'insure' | 'mark' | 'run' | 'verify' | 'capture' | 'recover' | 'end';

export type RecoveryWish = 'retry' | 'fresh' | 'clean';

/** What the user asks for besides the command. */
export interface GuardWish {
  readonly force: readonly string[];
  readonly forceReason?: string;
  readonly noInsurance?: string;
  readonly probe?: string;
  readonly recover?: RecoveryWish;
  /** Absolute paths. */
  readonly output?: string;
  readonly statusFile?: string;
  /** Where the evidence about the target of a move is, as the user named it. */
  readonly to?: string;
  /** The command is never ended; after this a warning is printed. */
  readonly warnAfterS?: number;
}

/** Something kept from what the command can destroy. */
export type Insurance =
  | {
      readonly kind: 'state-copy';
      /** Directory of the engine that was copied. */
      readonly from: string;
      /** Directory of the copy. */
      readonly to: string;
      readonly files: number;
      readonly bytes: number;
    }
  | { readonly kind: 'rootfs-snapshot'; readonly snapshot: string }
  | { readonly kind: 'none'; readonly reason: string };

/** A process of the instance. `innerPid`: its pid inside. The name is untrusted. */
export interface TaskNote {
  readonly pid: number;
  readonly innerPid: number | undefined;
  readonly name: string;
}

/** How an instance was found. Undefined is not known. */
export interface Observation {
  /** In lower case; `missing` when the engine does not have it. */
  readonly status?: string;
  readonly pid?: number;
  /** The engine says that it was stopped with its state. */
  readonly isStateful?: boolean;
  /** Path of its state directory, as it can be reached from here. */
  readonly stateDirectory?: string;
  /** `whole`: the images end with those that a finished dump writes last. */
  readonly state?: 'none' | 'partial' | 'whole';
  /** SHA-256 of `inventory.img` of a whole state. */
  readonly inventory?: string;
  /** Pids, as they are inside, of the processes that a whole state holds. */
  readonly savedPids?: readonly number[];
  readonly tasks?: readonly TaskNote[];
  /** Processes that another process traces, or that are stopped or frozen; one clause each. */
  readonly heldTasks?: readonly string[];
  /** Pids of what traces its processes, and of everything below that. */
  readonly tracers?: readonly number[];
  /** Pids of the inits of trees that a restore has left behind: nobody but a person will ever end them. */
  readonly orphans?: readonly number[];
  /** `tcp 0.0.0.0:80`, `unix /run/x`: sockets that wait for connections. */
  readonly listening?: readonly string[];
  /** Processes that came in from outside (`lxc exec`), which a dump leaves out. */
  readonly sessions?: readonly TaskNote[];
  /** Names of the snapshots with whether they hold a state. */
  readonly snapshots?: Readonly<Record<string, boolean>>;
  /** Log files of the instance with when they were written, milliseconds since 1970. */
  readonly logs?: Readonly<Record<string, number>>;
  /** What could not be found out, one line each. */
  readonly gaps: readonly string[];
}

/** The other end of a move, as its server tells; `missing` when it has no such instance. */
export interface TargetState {
  readonly status?: string;
  /** As of {@link Observation}, where the host itself could be looked at. */
  readonly tasks?: readonly TaskNote[];
  readonly heldTasks?: readonly string[];
  readonly listening?: readonly string[];
  /** Directories of an instance of that name that its server does not know of. */
  readonly leftovers?: readonly string[];
  /** Why nothing is known. Untrusted. */
  readonly reason?: string;
}

/** How things stood right before the command. */
export interface Mark {
  readonly at: string;
  /** Seconds since boot, the clock of the kernel's messages. */
  readonly uptimeS: number;
  readonly before: Observation;
  readonly target?: TargetState;
  /** Pids inside that a restore has to bring back; undefined = not known. */
  readonly promisedPids?: readonly number[];
  /** Sockets that waited for connections when that state was dumped by a guard; undefined = not known. */
  readonly promisedListening?: readonly string[];
  /** Where the engine keeps what belongs to the instance; left out when it could not be told. */
  readonly places?: InstancePlaces;
  /** Pid of a daemon with mounts of its own. */
  readonly daemonPid?: number;
  /** Residues of earlier failures that were there already. */
  readonly residues: readonly FoundResidue[];
}

/** Something that a failed action left behind. Texts are untrusted. */
export interface FoundResidue {
  readonly residue: string;
  readonly title: string;
  /** What tells it from others: its first command, or the line that shows it where it has none. */
  readonly sign: string;
  /** What takes it away, in this order; empty = by hand only. */
  readonly clean: readonly (readonly string[])[];
  readonly byHand?: string;
  readonly risk: string;
  /** What it does to the instance while it is there. */
  readonly effect: 'cut-off' | 'frozen' | 'twin' | 'litter';
}

/** How a command ended. All undefined: nobody saw it, because the supervisor was killed. */
export interface Ending {
  readonly exitStatus?: number;
  readonly signal?: string;
  /** It did not even start. */
  readonly startError?: string;
  readonly endedAt?: string;
}

export type CheckResult = 'ok' | 'bad' | 'changed' | 'unknown';

/** One thing that was verified. `detail` is untrusted. */
export interface Verified {
  readonly what: string;
  readonly result: CheckResult;
  readonly detail: string;
}

export interface Verification {
  /** `done`: the command did what it is for. `unharmed`: it did not, and nothing was lost by that. */
  readonly outcome: 'done' | 'unharmed' | 'harmed' | 'unknown';
  readonly checks: readonly Verified[];
  readonly after: Observation;
  readonly target?: TargetState;
  readonly residues: readonly FoundResidue[];
}

/** A way out of what a failure left. */
export interface WayOut {
  readonly kind: RecoveryWish;
  readonly title: string;
  /** Commands for a person to type, in this order. */
  readonly commands: readonly string[];
  /** What it costs, or what has to be done first. */
  readonly note?: string;
}

export interface Recovery {
  readonly kind: RecoveryWish;
  readonly worked: boolean;
  readonly lines: readonly string[];
  readonly after?: Observation;
}

export interface GuardRecord {
  readonly schema: 'crdoctor.guard-record/1';
  readonly id: string;
  readonly crdoctor: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly action: Action;
  readonly wish: GuardWish;
  readonly owner?: ProcessMark;
  readonly steps: readonly { readonly step: StepName; readonly at: string }[];
  readonly warnings: readonly string[];
  /** The findings of the check, which the outcome is compared with. */
  readonly prediction?: Assessment;
  readonly insurances: readonly Insurance[];
  readonly mark?: Mark;
  readonly ending?: Ending;
  readonly verification?: Verification;
  /** What the logs of the failure say. */
  readonly diagnosis?: Triage;
  readonly waysOut?: readonly WayOut[];
  readonly report?: string;
  readonly recovery?: Recovery;
}

/** The step that it came to last. */
export function lastStep({ steps }: GuardRecord): StepName | undefined {
  return steps.at(-1)?.step;
}

/** The command was started and nobody has judged yet what came of it. */
export function isUnfinished(record: GuardRecord): boolean {
  return record.steps.some(({ step }) => step === 'run') && lastStep(record) !== 'end';
}

/** Whether two actions are about the same instance. */
export function isSameInstance(one: Action, other: Action): boolean {
  return one.instance === other.instance && one.engine === other.engine && one.project === other.project;
}
