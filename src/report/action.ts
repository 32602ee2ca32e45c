/** The command that failed, as the user tells it, as evidence. */

import type { Evidence, EvidenceId } from '../source/source.js';

/** What the user says about the failure; undefined where it was not told. */
export interface ToldAction {
  readonly words: readonly string[];
  readonly output:
    | {
        readonly origin: string;
        readonly text: string;
        /** Undefined: it is all of it. `reason`: one clause. */
        readonly cut: { readonly status: 'truncated' | 'timed-out'; readonly reason: string } | undefined;
      }
    | undefined;
}

const howToTell = 'not told; crdoctor report NAME --error FILE -- COMMAND records it';

/** `action.command` and `action.output`, absent where they were not told. */
export function actionEvidence({ words, output }: ToldAction, now: Date): readonly Evidence[] {
  const base = { startedAt: now.toISOString(), durationMs: 0 };
  const absence = (id: EvidenceId): Evidence => ({
    ...base,
    id,
    origin: id,
    status: 'absent',
    reason: howToTell,
    bytes: 0,
  });
  const told = (id: EvidenceId, origin: string, text: string): Evidence => ({
    ...base,
    id,
    origin,
    status: 'ok',
    text,
    bytes: Buffer.byteLength(text),
  });
  return [
    words.length === 0
      ? absence('action.command')
      : told('action.command', 'command line', `${words.map(quoteWord).join(' ')}\n`),
    output === undefined
      ? absence('action.output')
      : {
          ...told('action.output', output.origin, output.text),
          ...output.cut,
        },
  ];
}

/** As bash takes it, on one line. */
function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
      return Array.from(Buffer.from(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
    });
  return `$'${escaped}'`;
}
