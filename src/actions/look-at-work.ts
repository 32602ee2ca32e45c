/** Looks at what a command that takes long is doing: the CRIU that works for it, and what that wrote last. */

import type { Source } from '../source/source.js';
import { listCriu } from './find-residues.js';
import type { Mark } from './guard-record.js';
import { keepLogs, readKeptLogs } from './keep-logs.js';

/** What is going on. Texts are untrusted. */
export interface Work {
  /** CRIUs that work on the directories of this instance. */
  readonly criu: readonly { readonly pid: number; readonly task: string }[];
  /** The log that was written to last; undefined = there is none yet. */
  readonly log?: { readonly path: string; readonly silentS: number; readonly lastLines: readonly string[] };
}

const maxLines = 3;

export async function lookAtWork(source: Source, mark: Mark | undefined, directory: string): Promise<Work> {
  const [all] = await Promise.all([listCriu(source), keepLogs(source, mark, directory)]);
  const [newest] = await readKeptLogs(directory);
  const own = (all ?? []).filter(({ words }) => isAbout(words, mark));
  const criu = own.map(({ pid, task }) => ({ pid, task }));
  if (newest === undefined) return { criu };
  const { evidence, modifiedS } = newest;
  const lines = (evidence.text ?? '').trimEnd().split('\n');
  const silentS = Math.max(0, Math.round(Date.now() / 1000 - modifiedS));
  return { criu, log: { path: evidence.origin, silentS, lastLines: lines.slice(-maxLines) } };
}

/** Its images lie in the state directory, or in one that the engine has made for the occasion. */
function isAbout(words: string, mark: Mark | undefined): boolean {
  const { state, passing = [] } = mark?.places ?? {};
  // The same directory has a path through the pool and one through the links of the daemon.
  const ending = state?.split('/').slice(-3).join('/');
  return (ending !== undefined && words.includes(`/${ending}`)) || passing.some((each) => words.includes(`/${each}`));
}
