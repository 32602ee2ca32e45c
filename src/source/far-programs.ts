/** Finds programs on another host. */

import { escapeLine, type Answer } from './evidence.js';
import { explainFarFailure } from './far-files.js';
import type { FarShell } from './far-shell.js';

const script = String.raw`IFS=:
for n do
case $n in
*/*) if [ -f "$n" ] && [ -x "$n" ]; then printf '%s %s\n' "$n" "$n"; fi ;;
*) for d in $PATH; do
case $d in /*) if [ -f "$d/$n" ] && [ -x "$d/$n" ]; then printf '%s %s\n' "$n" "$d/$n"; break; fi ;; esac
done ;;
esac
done`;

/** The same lines as {@link findPrograms} writes; `names` are those of a request, which hold no line break. */
export async function findFarPrograms(shell: FarShell, names: readonly string[], limitMs: number): Promise<Answer> {
  const origin = `PATH=${shell.hello.get('path') ?? ''}`;
  const argv = ['sh', '-c', script, 'sh', ...names];
  const result = await shell.run(argv, { timeoutMs: limitMs, maxBytes: 1024 * 1024, keep: 'head' });
  if (result.status !== 'ok') return explainFarFailure(origin, result, limitMs);
  const lines = result.stdout.toString('utf8').split('\n').slice(0, -1).map(escapeLine);
  return { origin, status: 'ok', content: Buffer.from(lines.map((line) => `${line}\n`).join('')) };
}
