/** An error as the user sees it: one line, a hint, and no stack unless asked for. */

import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import { escapeLines, escapeText } from './escape.js';

export interface RenderedError {
  /** Ends with a line break. */
  readonly text: string;
  readonly status: ExitStatus;
}

/** `showsStack` is for those who look for a defect in crdoctor. */
export function renderError(error: unknown, showsStack: boolean): RenderedError {
  if (error instanceof UserError) {
    const hint = error.hint === undefined ? '' : `  ${escapeText(error.hint)}\n`;
    return {
      text: `crdoctor: ${escapeText(error.message)}\n${hint}${stackOf(error, showsStack)}`,
      status: error.exitStatus,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = showsStack ? '' : '  This is a defect of crdoctor. CRDOCTOR_DEBUG=1 shows where it happened.\n';
  return {
    text: `crdoctor: internal error: ${escapeText(message)}\n${hint}${stackOf(error, showsStack)}`,
    status: exitStatus.internal,
  };
}

function stackOf(error: unknown, showsStack: boolean): string {
  if (!showsStack || !(error instanceof Error) || error.stack === undefined) return '';
  return `${escapeLines(error.stack).join('\n')}\n`;
}
