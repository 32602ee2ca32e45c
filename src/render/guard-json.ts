/** The verified outcome of a guarded command as JSON, schema `crdoctor.guard/1`. */

import { escapeJson } from './escape.js';

/** Undefined is not known. Texts are untrusted. */
export interface GuardStatus {
  readonly id: string;
  readonly command: readonly string[];
  readonly action: {
    readonly engine: string;
    readonly kind: string;
    readonly instance: string;
    readonly snapshot?: string | undefined;
    readonly wantsState: boolean;
    readonly target?: { readonly remote: string; readonly instance: string } | undefined;
  };
  readonly exitStatus: number | undefined;
  readonly signal: string | undefined;
  readonly outcome: 'done' | 'unharmed' | 'harmed' | 'unknown';
  readonly checks: readonly { readonly what: string; readonly result: string; readonly detail: string }[];
  /** In which state a move has left both ends, and what its target is; undefined = it was none. */
  readonly move: { readonly state: string; readonly there: string | undefined } | undefined;
  /** How the check had judged before, and which causes were forced. */
  readonly verdict: string | undefined;
  readonly forced: readonly string[];
  readonly causes: readonly { readonly cause: string; readonly predicted: boolean }[];
  /** Path of the copy of the state. */
  readonly copy: string | undefined;
  readonly report: string | undefined;
  readonly recovery: { readonly kind: string; readonly worked: boolean; readonly lines: readonly string[] } | undefined;
}

/** Two spaces of indentation, ends with a line break. */
export function renderGuardJson(status: GuardStatus): string {
  const { id, command, action, exitStatus, signal, outcome, checks, verdict, forced, causes } = status;
  const document = {
    schema: 'crdoctor.guard/1',
    id,
    command,
    action: {
      engine: action.engine,
      kind: action.kind,
      instance: action.instance,
      snapshot: action.snapshot,
      wantsState: action.wantsState,
      target: action.target === undefined ? undefined : `${action.target.remote}:${action.target.instance}`,
    },
    exitStatus: exitStatus ?? null,
    signal: signal ?? null,
    outcome,
    checks: checks.map(({ what, result, detail }) => ({ what, result, detail })),
    move: status.move === undefined ? null : { state: status.move.state, there: status.move.there ?? null },
    verdict: verdict ?? null,
    forced,
    causes: causes.map(({ cause, predicted }) => ({ cause, predicted })),
    copy: status.copy ?? null,
    report: status.report ?? null,
    recovery:
      status.recovery === undefined
        ? null
        : { kind: status.recovery.kind, worked: status.recovery.worked, lines: status.recovery.lines },
  };
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}
