/** Sends what was prepared for Launchpad, after showing it and asking. */

import { exitStatus, type ExitStatus } from '../errors.js';
import { escapeText } from '../render/escape.js';
import type { Filing } from '../render/filing/filing.js';
import { renderBlobForm } from '../render/filing/launchpad-blob.js';
import { filebugUrl } from '../render/filing/launchpad-text.js';
import type { PreparedLaunchpad } from '../render/filing/prepare-launchpad.js';
import { sendingText } from '../render/filing/prepared-text.js';
import type { Invocation } from './invocation.js';

export interface Upload {
  readonly launchpad: PreparedLaunchpad;
  readonly filing: Filing;
  /** Root of Launchpad. */
  readonly root: URL;
  /** Address of its bugs. */
  readonly bugs: string;
}

/** Nobody types more to say yes. */
const maxAnswerBytes = 1024;

/**
 * Status 0 also when the user does not want it sent.
 * @throws {UserError} Launchpad cannot be reached or does not take it
 */
export async function uploadBlob(
  { launchpad, filing, root, bugs }: Upload,
  invocation: Invocation,
): Promise<ExitStatus> {
  const { stdout, stderr, signal } = invocation;
  const { blob, sent } = launchpad;
  stderr.write(`\n${sendingText(new URL('+storeblob', root).href, blob.length, sent)}Send it? Type yes: `);
  if ((await readAnswer(invocation)) !== 'yes') {
    stderr.write('crdoctor: nothing was sent\n');
    return exitStatus.ok;
  }
  const { proxyFor, storeBlob } = await import('../actions/store-blob.js');
  const onRetry = (reason: string): void => stderr.write(`crdoctor: trying again: ${escapeText(reason)}\n`);
  const token = await storeBlob({
    launchpad: root,
    form: renderBlobForm(blob),
    proxy: proxyFor(root),
    signal,
    onRetry,
  });
  stdout.write(`\nSent. It becomes a bug when you open this address, log in and press the button:\n`);
  stdout.write(`  ${filebugUrl(bugs, filing.summary, token)}\n`);
  return exitStatus.ok;
}

/** One line of standard input; whoever stops the program needs not to type it. */
async function readAnswer({ stdin, signal }: Invocation): Promise<string> {
  const pieces = stdin()[Symbol.asyncIterator]();
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped while it was asking')), { once: true });
  });
  stopped.catch(() => {});
  let answer = '';
  while (!answer.includes('\n') && answer.length < maxAnswerBytes) {
    signal.throwIfAborted();
    const next = await Promise.race([pieces.next(), stopped]);
    if (next.done === true) break;
    answer += next.value.toString('utf8');
  }
  return (answer.split('\n', 1)[0] ?? '').trim();
}
