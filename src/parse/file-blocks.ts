/** Reads evidence made of several small files. */

import { splitLines } from './lines.js';

export interface FileBlock {
  readonly path: string;
  /** As of EvidenceStatus: ok, absent, denied, failed … */
  readonly status: string;
  readonly text: string;
}

/**
 * The blocks by path, undefined when the text is something else (see FilesRequest):
 *
 *     == ok /proc/sys/kernel/pid_max
 *     	32768
 *     == absent /proc/sys/kernel/yama/ptrace_scope
 */
export function parseFileBlocks(text: string): ReadonlyMap<string, FileBlock> | undefined {
  const blocks = new Map<string, FileBlock>();
  let current: FileBlock | undefined;
  for (const line of splitLines(text)) {
    const [, status, path] = /^== ([a-z-]+) (.+)$/.exec(line) ?? [];
    if (status !== undefined && path !== undefined) current = { path, status, text: '' };
    else if (line.startsWith('\t') && current !== undefined)
      current = { ...current, text: `${current.text}${line.slice(1)}\n` };
    else return undefined;
    blocks.set(current.path, current);
  }
  return blocks;
}

/** Values of sysctls by dotted name, from blocks of files below /proc/sys. */
export function toSysctls(blocks: ReadonlyMap<string, FileBlock>): Readonly<Record<string, string>> {
  const read = [...blocks.values()].filter(({ status, path }) => status === 'ok' && path.startsWith('/proc/sys/'));
  return Object.fromEntries(
    read.map(({ path, text }) => [path.slice('/proc/sys/'.length).replaceAll('/', '.'), text.trim()]),
  );
}
