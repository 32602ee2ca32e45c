/** Reads the task tree as a source writes it (src/source/local-tasks.ts has the format). */

import { parseWhole } from './lines.js';
import { unescapeOctal } from './mountinfo.js';
import { parseIgmp, parseIgmp6 } from './multicast.js';
import { parseSocketRow, type SocketRow } from './net-tables.js';
import { parseTerminal, type ProcStat } from './proc-stat.js';
import { parseTaskBlock } from './task-block.js';
import type { TaskRecord } from './task-records.js';

/** What the socket tables of one network namespace tell. */
export interface NetworkRecord {
  readonly link: string;
  readonly rows: readonly SocketRow[];
  /** Undefined = not told. */
  readonly multicastGroups: readonly string[] | undefined;
  /** Tables that could not be read. */
  readonly missing: ReadonlySet<string>;
}

export interface AttachedRecord {
  readonly pid: number;
  readonly name: string;
}

/** Something that a process has in common with its parent. */
export interface SharedRecord {
  readonly pid: number;
  readonly kind: 'memory' | 'directory';
}

/** A directory or a mapped file on a mount that is in no table that was read, or a directory that is covered. */
export interface PlaceRecord {
  readonly pid: number;
  readonly use: 'cwd' | 'map';
  readonly mountId: number;
  readonly path: string;
}

/** By what memory of huge pages of one size is known. */
export interface HugePageRecord {
  /** Of a memfd. */
  readonly mountId: number;
  /** major:minor of a mapping. */
  readonly device: string;
  readonly pageBytes: number;
  /** Pages that nobody has reserved yet. */
  readonly freePages: number;
}

/** A session outside of the tree, and the terminal that it has. */
export interface TerminalRecord {
  readonly terminal: NonNullable<ProcStat['terminal']>;
  readonly session: number;
}

export interface TaskTree {
  readonly tasks: readonly TaskRecord[];
  /** The closing line is there, so nothing was cut off. */
  readonly isWhole: boolean;
  /** Namespaces of crdoctor; undefined = not told. */
  readonly ownNamespaces: Readonly<Record<string, string>> | undefined;
  readonly networks: readonly NetworkRecord[];
  /** Protocols by inode of sockets that stand in no table; undefined = there was no way to ask. */
  readonly socketNames: ReadonlyMap<number, string> | undefined;
  /** Processes in the pid namespace from outside; undefined = not all could be looked at. */
  readonly attached: readonly AttachedRecord[] | undefined;
  readonly terminals: readonly TerminalRecord[] | undefined;
  /** By inode of the sockets that were asked: cork, program, member, groups, control, as socket-options.ts explains them. */
  readonly socketOptions: ReadonlyMap<number, readonly string[]>;
  readonly shared: readonly SharedRecord[];
  readonly lostPlaces: readonly PlaceRecord[];
  /** Undefined = not told. */
  readonly hugePages: readonly HugePageRecord[] | undefined;
}

/** The tasks in their order, the root first; undefined when the text is something else. */
export function parseTasks(text: string): TaskTree | undefined {
  if (!/^(?:== \d+ \d+|end \d+)\n/.test(text)) return undefined;
  const blocks = text.split(/^(?=== )/m).filter((block) => block.startsWith('== '));
  const isTask = (block: string): boolean => /^== \d/.test(block);
  const taskBlocks = blocks.filter(isTask);
  const tasks = taskBlocks.map(parseTaskBlock).filter((task) => task !== undefined);
  const count = /^end (\d+)\n$/.exec(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))?.[1];
  const sections = blocks.filter((block) => !isTask(block)).map(parseSection);
  const linesOf = (name: string): readonly string[] | undefined =>
    sections.find((section) => section.name === name)?.lines;
  return {
    tasks,
    isWhole: tasks.length === taskBlocks.length && count === String(tasks.length),
    ownNamespaces: parseSelf(linesOf('self')),
    networks: sections.filter(({ name }) => name.startsWith('net ')).map(parseNetwork),
    socketNames: parseSocketNames(linesOf('sockets') ?? []),
    attached: parseAttached(linesOf('attached')),
    terminals: parseTerminals(linesOf('terminals')),
    socketOptions: parseSocketOptions(linesOf('options') ?? []),
    shared: parseShared(linesOf('shared') ?? []),
    lostPlaces: (linesOf('places') ?? []).flatMap(parsePlace),
    hugePages: linesOf('huge pages')?.flatMap(parseHugePage),
  };
}

interface Section {
  readonly name: string;
  readonly lines: readonly string[];
}

function parseSection(block: string): Section {
  const [heading = '', ...lines] = block.split('\n');
  return { name: heading.slice(3), lines: lines.filter((line) => line !== '') };
}

function parseSelf(lines: readonly string[] | undefined): TaskTree['ownNamespaces'] {
  const links = lines?.flatMap((line) => {
    const [, kind, link] = /^ns:(\w+) (\w+:\[\d+\])$/.exec(line) ?? [];
    return kind === undefined || link === undefined ? [] : [[kind, link] as const];
  });
  return links && Object.fromEntries(links);
}

function parseNetwork({ name, lines }: Section): NetworkRecord {
  const rows: SocketRow[] = [];
  const whole: Record<string, string[]> = {};
  const missing = new Set<string>();
  for (const line of lines) {
    const [, table = '', row = '', lost] = /^(?:net (\w+) (.*)|(?:denied|cut) (?:net:)?(\w+))$/.exec(line) ?? [];
    if (lost !== undefined) missing.add(lost);
    else if (table.startsWith('igmp')) (whole[table] ??= []).push(row);
    else {
      const parsed = parseSocketRow(table, row);
      if (parsed !== undefined) rows.push(parsed);
    }
  }
  const { igmp, igmp6 = [] } = whole;
  return {
    link: name.slice(4),
    rows,
    multicastGroups: igmp && [...parseIgmp(igmp), ...parseIgmp6(igmp6)],
    missing,
  };
}

function parseSocketNames(lines: readonly string[]): TaskTree['socketNames'] {
  if (lines.includes('cut sockets')) return undefined;
  return new Map(
    lines.flatMap((line) => {
      const [, inode, name] = /^socket (\d+) (.+)$/.exec(line) ?? [];
      return inode === undefined || name === undefined ? [] : [[Number(inode), name] as const];
    }),
  );
}

function parseSocketOptions(lines: readonly string[]): TaskTree['socketOptions'] {
  return new Map(
    lines.flatMap((line) => {
      const [, inode, options = ''] = /^option (\d+) ([a-z,-]+)$/.exec(line) ?? [];
      return inode === undefined ? [] : [[Number(inode), options.split(',')] as const];
    }),
  );
}

function parseAttached(lines: readonly string[] | undefined): TaskTree['attached'] {
  if (lines === undefined || lines.some((line) => /^(?:denied|cut) /.test(line))) return undefined;
  return lines.flatMap((line) => {
    const [, pid, name] = /^attached (\d+) \d+ (.*)$/.exec(line) ?? [];
    return pid === undefined || name === undefined ? [] : [{ pid: Number(pid), name: unescapeOctal(name) }];
  });
}

function parseShared(lines: readonly string[]): readonly SharedRecord[] {
  return lines.flatMap((line) => {
    const [, kind, pid] = /^shared (memory|directory) (\d+)$/.exec(line) ?? [];
    return kind === 'memory' || kind === 'directory' ? [{ pid: Number(pid), kind }] : [];
  });
}

function parsePlace(line: string): readonly PlaceRecord[] {
  const [, pid, use, mount, path = ''] = /^place (\d+) (cwd|map) (\d+) (.+)$/.exec(line) ?? [];
  if (use !== 'cwd' && use !== 'map') return [];
  return [{ pid: Number(pid), use, mountId: Number(mount), path: unescapeOctal(path) }];
}

function parseHugePage(line: string): readonly HugePageRecord[] {
  const [, mount, device = '', size, free] = /^huge (\d+) (\d+:\d+) (\d+) (\d+)$/.exec(line) ?? [];
  if (mount === undefined) return [];
  return [{ mountId: Number(mount), device, pageBytes: Number(size) * 1024, freePages: Number(free) }];
}

function parseTerminals(lines: readonly string[] | undefined): TaskTree['terminals'] {
  return lines?.flatMap((line) => {
    const [, number, session] = /^terminal (\d+) (\d+)$/.exec(line) ?? [];
    const terminal = parseTerminal(parseWhole(number) ?? 0);
    return terminal === undefined ? [] : [{ terminal, session: Number(session) }];
  });
}
