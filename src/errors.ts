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

/** What the codes of the system mean to somebody who named a file (`man 3 errno`). */
const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'is a link that leads nowhere',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  ENAMETOOLONG: 'the name is too long',
};

/** Errors that are no wrong use: the disk is what failed. */
const diskCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

export interface SystemErrorWords {
  /** What to do about it, by code. */
  readonly hints?: Readonly<Record<string, string>>;
  /** Other words for the meaning of a code. */
  readonly reasons?: Readonly<Record<string, string>>;
}

/** `WHAT: REASON` for an error that the operating system made; errors that it did not make stay as they are. */
export function explainSystemError(error: unknown, what: string, { hints, reasons }: SystemErrorWords = {}): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof UserError) return error;
  const said = error instanceof Error ? error.message : code;
  const hint = hints?.[code];
  return new UserError(`${what}: ${reasons?.[code] ?? systemReasons[code] ?? said}`, {
    exitStatus: diskCodes.has(code) ? exitStatus.internal : exitStatus.usage,
    ...(hint !== undefined && { hint }),
  });
}
