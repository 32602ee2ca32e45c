/** What an engine is: how it is found, asked and understood. Data and argv, no I/O. */

import type { Evidence, EvidenceId, EvidenceRequest } from '../source/source.js';

/** The engines that can be looked at; a part of those that causes may name. */
export type ObservableEngine = 'lxd' | 'incus' | 'lxc' | 'criu';

/** Where an engine was installed from, as far as that moves its directories. */
export type Packaging = 'deb' | 'snap' | 'other';

/** An instance as its engine describes it. */
export interface Instance {
  readonly name: string;
  readonly type: string;
  /** In lower case: running, stopped, frozen, error. */
  readonly status: string;
  readonly project: string;
  /** It is deleted as soon as it stops. */
  readonly isEphemeral: boolean | undefined;
  /** It was stopped with its state, which its next start brings back; undefined where the engine does not say it. */
  readonly isStateful: boolean | undefined;
  /** Pid of its init on the host. */
  readonly pid: number | undefined;
  readonly config: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names of the devices that are its own and not of a profile; undefined where the engine does not say it. */
  readonly ownDevices?: readonly string[] | undefined;
  /** Names of its profiles; undefined where the engine does not say it or has none. */
  readonly profiles?: readonly string[] | undefined;
}

/** What asking an engine for one instance came to. */
export type InstanceAnswer =
  | { readonly outcome: 'found'; readonly instance: Instance }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'unreachable'; readonly reason: string; readonly hint: string };

/** Where an engine keeps what belongs to one instance. */
export interface InstancePlaces {
  /** Directory of its logs. */
  readonly logs: string | undefined;
  /** How the names of its logs begin where that directory is shared with others; undefined = it is its own. */
  readonly logPrefix?: string;
  /** Directory with the images of a checkpoint that it was stopped with. */
  readonly state?: string;
  /** Directory with one directory for each snapshot, each with a `state` of its own. */
  readonly snapshots?: string;
  /** How directories in /tmp begin that it makes while it moves an instance, and may leave behind. */
  readonly passing?: readonly string[];
  /** The liblxc configuration in effect; the first that exists. */
  readonly lxcConfig: readonly string[];
  /** Directory that will hold the images of a checkpoint. */
  readonly storage: string | undefined;
  /** Path of its control group below the root of a hierarchy. */
  readonly cgroup: string | undefined;
}

/** What of an instance decides where its things are. */
export type InstanceAddress = Pick<Instance, 'name' | 'project' | 'devices'>;

/** What a report asks an engine for besides what a check asks. */
export interface EngineReport {
  /** About the engine and all that it manages. */
  requests(packaging: Packaging): readonly EvidenceRequest[];
  /** About one instance, in the engine's own words. `network` is one that it is connected to. */
  instanceRequests(name: string, network: string | undefined): readonly EvidenceRequest[];
  /** Why this engine has no answer to some of what other engines are asked for, by the id of the evidence. */
  readonly lacks: Readonly<Record<EvidenceId, string>>;
}

/** What guarding a command of the engine needs. Names were not refused. */
export interface EngineGuard {
  /** Asks for all snapshots of an instance. */
  snapshotsRequest(name: string): EvidenceRequest;
  /** Names of the snapshots, and whether they hold a state; undefined when the answer was not understood. */
  readSnapshots(evidence: Evidence): Readonly<Record<string, boolean>> | undefined;
  /** Asks another server for an instance; its answer is read by `readInstance` as `engine.instance`. */
  targetRequest(remote: string, name: string): EvidenceRequest;
  /** Makes the engine believe again that a stopped instance has a state. */
  markStateful(name: string): readonly string[];
  /** Makes a snapshot of the root file system alone. */
  keepRootfs(name: string, snapshot: string): readonly string[];
  start(name: string): readonly string[];
  /** Boots it although it has a state, which the engine then deletes. */
  startFresh(name: string): readonly string[];
  restore(name: string, snapshot: string, stateful: boolean): readonly string[];
}

export interface Engine {
  readonly name: ObservableEngine;
  /** As people write it. */
  readonly title: string;
  /** Client program whose presence means that this engine may be asked; undefined = there is none. */
  readonly client: string | undefined;
  /** Paths of which one exists where the engine itself is installed, and not its client alone. */
  readonly traces: readonly string[];
  /** CRIU options that it passes by itself on a dump. */
  readonly passes: readonly string[];
  /** liblxc options that it sets where it was not told otherwise. */
  readonly lxcDefaults: Readonly<Record<string, string>>;
  /** Why the engine could never have an instance of this name, one clause; undefined = it could. */
  refuseName(name: string): string | undefined;
  /** Asks for the daemon; undefined where there is none. */
  readonly serverRequest: EvidenceRequest | undefined;
  /** Asks for one instance, all that is needed before its pid is known. The name was not refused. */
  instanceRequests(name: string): readonly EvidenceRequest[];
  /** A second question when the answer lacks the pid; undefined where the first one always has it. */
  pidRequest(name: string): EvidenceRequest | undefined;
  /** Asks the engine of a target for what an instance that comes there may need or collide with. */
  readonly targetRequests: readonly EvidenceRequest[];
  /**
   * Asks the engine of a target for the configuration of all its instances, to find addresses that are taken. No part of
   * a report: they are nothing to those who read it.
   */
  readonly neighboursRequest: EvidenceRequest | undefined;
  /**
   * The same engine, asked about instances of a project; left out where there are none. `isNamed`: commands name it
   * even when it is the default one, because the client would take another. Names of projects are untrusted.
   */
  readonly inProject?: (project: string, isNamed?: boolean) => Engine;
  /** Asks for the names of the instances of all projects; left out where there are none. */
  readonly everywhereRequest?: EvidenceRequest;
  /** The projects other than `default` that have an instance of this name, as that answer tells. */
  readonly readProjects?: (evidence: Evidence, name: string) => readonly string[];
  /** Asks for the names of all instances. */
  readonly namesRequest: EvidenceRequest | undefined;
  readInstance(evidence: ReadonlyMap<string, Evidence>): InstanceAnswer;
  readNames(evidence: Evidence): readonly string[];
  findPlaces(instance: InstanceAddress, packaging: Packaging): InstancePlaces;
  readonly report: EngineReport;
  /** Undefined: its commands cannot be guarded. */
  readonly guard: EngineGuard | undefined;
  /** The command that starts a stopped instance, for hints. */
  startCommand(name: string): string;
}
