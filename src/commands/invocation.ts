/** What a command is given by the process it runs in: nothing below reads it from anywhere else. */

/** A stream of the process. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Width of the terminal; undefined when it is none. */
  readonly columns: number | undefined;
}

/** The terminal that the user sits at. */
export interface UserTerminal {
  /** The standard streams that are this terminal. */
  readonly streams: readonly ('stdin' | 'stdout' | 'stderr')[];
  size(): { readonly rows: number; readonly columns: number };
  /**
   * Takes over the keyboard until the function that it gives is called. A key that asks a program to end (Ctrl-C,
   * Ctrl-\\) ends crdoctor's waiting and is not passed on.
   */
  attach(onInput: (bytes: Uint8Array) => void, onResize: () => void): () => void;
}

export interface Invocation {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Root of the package: rules/ lies in it. */
  readonly packageDirectory: string;
  readonly now: () => Date;
  /** Aborts when the user wants crdoctor to end. */
  readonly signal: AbortSignal;
  /** Effective user id; undefined where there are none. */
  readonly uid: number | undefined;
  /**
   * Registers what is to be done before the process ends without waiting for the command: at a second
   * signal, or `graceMs` after the first. Until then the command may bring to its end what it has begun.
   */
  readonly onForcedEnd: (cleanUp: () => Promise<void>, graceMs: number) => void;
  /** Standard input; it is opened by the first call. */
  readonly stdin: () => AsyncIterable<Buffer>;
  /** Gives undefined where no standard stream is a terminal; left out = there is none. */
  readonly terminal?: () => Promise<UserTerminal | undefined>;
  /** Whether somebody sits at standard input, who can be asked; left out = nobody does. */
  readonly canAsk?: () => boolean;
  readonly stdout: Output;
  readonly stderr: Output;
}
