/** Reads a regular file of a directory of another host that others may write to. */

import { Readable } from 'node:stream';

import type { Answer } from './evidence.js';
import { explainFarFailure, isGzip } from './far-files.js';
import type { FarShell } from './far-shell.js';
import { unescapeFileName } from './file-name.js';
import { unpackGzip } from './local-file.js';
import type { InnerFileRequest } from './source.js';
import { sourceLimits } from './source-limits.js';

/** Exit statuses of the script. */
const isLink = 77;
const isIrregular = 78;
const isBehindLink = 79;

/**
 * Enters one directory after the other. The shell follows links, so after each step it is looked at where it led:
 * what is put in the way meanwhile is found out before anything is read.
 */
const script = String.raw`cd -P -- "$3" 2>/dev/null || { ls -d -- "$3/." >/dev/null; exit 1; }
k=$1 m=$2
shift 3
while [ $# -gt 1 ]; do
w=$(pwd -P)
[ ! -L "./$1" ] || exit 79
cd -P -- "./$1" 2>/dev/null || { ls -d -- "./$1/." >/dev/null; exit 1; }
[ "$(pwd -P)" = "\${w%/}/$1" ] || exit 79
shift
done
f=./$1
[ ! -L "$f" ] || exit 77
[ -e "$f" ] || { ls -d -- "$f" >/dev/null; exit 1; }
[ -f "$f" ] || exit 78
exec 3<"$f" || exit 1
[ ! -L "$f" ] && [ "$f" -ef /proc/self/fd/3 ] || exit 77
[ -f /proc/self/fd/3 ] || exit 78
exec "$k" -c "$m" <&3`.replaceAll('\\${', '${');

/** The same answers as {@link readInnerFile}. */
export async function readFarInnerFile(
  shell: FarShell,
  request: InnerFileRequest,
  fileTimeoutMs: number,
): Promise<Answer> {
  const { directory, name, maxBytes = sourceLimits.maxBytes, keep = 'head', encoding } = request;
  const origin = `${directory}/${name}`;
  const components = name.split('/').map(unescapeFileName);
  if (components.some(isNoName)) return { origin, status: 'failed', reason: 'no name of a file' };
  const timeoutMs = fileTimeoutMs + maxBytes / sourceLimits.slowestBytesPerMs;
  const words = ['sh', '-c', script, 'sh', keep, String(maxBytes + 1), directory, ...components];
  const result = await shell.run(words, { timeoutMs, maxBytes, keep });
  if (result.exitStatus === isLink) return { origin, status: 'failed', reason: 'a link, which is not followed' };
  if (result.exitStatus === isBehindLink) return { origin, status: 'absent', reason: 'there is a link in its way' };
  if (result.exitStatus === isIrregular) return { origin, status: 'failed', reason: 'not a regular file' };
  if (result.status !== 'ok') return explainFarFailure(origin, result, timeoutMs);
  const { stdout } = result;
  if (encoding !== 'base64' && isGzip(stdout)) {
    return await unpackGzip(origin, Readable.from([stdout]), { maxBytes, keep });
  }
  const answer = finish(origin, stdout, result.truncated);
  return encoding === 'base64' ? { ...answer, content: Buffer.from(stdout.toString('base64')) } : answer;
}

function finish(origin: string, content: Buffer, isTruncated: boolean): Answer {
  if (!isTruncated) return { origin, status: 'ok', content };
  return { origin, status: 'truncated', content, reason: `larger than ${content.length} bytes` };
}

function isNoName(component: Buffer): boolean {
  return ['', '.', '..'].includes(component.toString('latin1')) || component.includes(0) || component.includes('/');
}
