/** What a command is given by the process it runs in: nothing below reads it from anywhere else. */

/** A stream of the process. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Width of the terminal; undefined when it is none. */
  readonly columns: number | undefined;
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
  /** Standard input; it is opened by the first call. */
  readonly stdin: () => AsyncIterable<Buffer>;
  readonly stdout: Output;
  readonly stderr: Output;
}
