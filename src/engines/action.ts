/** What a command line of an engine is about to do to an instance, as far as its state is concerned. */

/**
 * `move`: dump here and restore on another server, with nothing on a disk in between. `snapshot`, `stop`: dump the state. `restore`: bring a snapshot back. `start`: bring back the state of an
 * instance that was stopped with it, or boot one that was not.
 */
export type ActionKind = 'snapshot' | 'restore' | 'stop' | 'start' | 'move';

/** A command that was understood. */
export interface Action {
  readonly engine: 'lxd' | 'incus';
  readonly kind: ActionKind;
  readonly instance: string;
  /** Name of the snapshot; undefined where the engine chooses it, and for actions without one. */
  readonly snapshot?: string;
  /** The state of the processes is asked for: `--stateful`, and every start without `--stateless`. */
  readonly wantsState: boolean;
  /** `snapshot --reuse`: a snapshot of that name is deleted before the new one is made. */
  readonly replaces: boolean;
  readonly project: string;
  /** What the client takes where none is named; left out = the default one. */
  readonly usualProject?: string;
  /** Where a move goes to. */
  readonly target?: MoveTarget;
}

/** An instance on another server, as the client names it. */
export interface MoveTarget {
  readonly remote: string;
  readonly instance: string;
}

/** What reading a command came to. `reason`: one clause, why guard does not take it. Untrusted. */
export type Recognition =
  | { readonly outcome: 'recognised'; readonly action: Action }
  | { readonly outcome: 'refused'; readonly reason: string; readonly hint?: string };

/** What a client's own configuration says (`config.yml`, and its environment), as far as it changes a command. */
export interface ClientSettings {
  /** What the user's aliases stand for, by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Remote that is meant where none is named. */
  readonly defaultRemote: string;
  readonly remotes: Readonly<Record<string, ClientRemote>>;
  /** The project from the environment, which beats that of the remote. */
  readonly project?: string;
}

export interface ClientRemote {
  /** `unix://` is the server of this machine. */
  readonly address: string;
  /** It has images and no instances (`protocol: simplestreams`). */
  readonly isForImages?: boolean;
  /** Project that is meant where none is named. */
  readonly project?: string;
}
