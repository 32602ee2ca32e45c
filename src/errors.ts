/** Errors that are the user's or the environment's, each with one line, a hint and an exit status. */

/** Exit statuses of crdoctor; the table stands in the README and is a contract. */
export const exitStatus = {
  ok: 0,
  internal: 1,
  usage: 2,
  blocked: 3,
  risky: 4,
  unknown: 5,
  /** The command that guard ran said success, and verification says no. */
  unverified: 123,
  /** Guard refused, or failed before it ran anything. */
  refused: 125,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/**
 * Something that is no defect of crdoctor: wrong use, broken input, an engine that does not answer.
 * Shown as one line plus the hint, never with a stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitStatus: ExitStatus;
  /** What to do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(message: string, options: { exitStatus?: ExitStatus; hint?: string } = {}) {
    super(message);
    this.exitStatus = options.exitStatus ?? exitStatus.usage;
    this.hint = options.hint;
  }
}

/** The code of an error of the operating system (`ENOENT`), undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
