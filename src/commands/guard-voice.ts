/** What guard says while it works: all of it on standard error, because standard output is that of the command. */

import { escapeText } from '../render/escape.js';
import type { Invocation } from './invocation.js';

export interface GuardVoice {
  /** One line; untrusted text is escaped. */
  tell(line: string): void;
  /** Lines as they are, already escaped. */
  show(text: string): void;
  readonly columns: number;
}

export function voiceOf({ stderr }: Invocation): GuardVoice {
  return {
    tell: (line) => stderr.write(`crdoctor: ${escapeText(line)}\n`),
    show: (text) => stderr.write(text),
    columns: Math.min(110, Math.max(40, stderr.columns ?? 100)),
  };
}
