/** Reads the lines about descriptors and mappings in the block of a process. */

import { parseWhole } from './lines.js';
import { unescapeOctal } from './mountinfo.js';
import type { Draft } from './task-draft.js';
import { parseFile } from './task-file.js';
import type { FileRecord } from './task-records.js';

/** Shared by all descriptors of which there is nothing more to tell. */
const noInfo: string[] = [];

/** `3 02004002 16 1827637 socket:[1827637]`: number, flags, mount, inode, link. */
export function readDescriptor(draft: Draft, rest: string): void {
  const [fd = '', flags = '', mount = '', inode = ''] = rest.split(' ', 4);
  const link = rest.slice(fd.length + flags.length + mount.length + inode.length + 4);
  const number = parseWhole(fd);
  if (number === undefined || !/^[0-7]+$/.test(flags) || link === '') {
    draft.missing.add('fd');
    return;
  }
  draft.descriptors.set(fd, {
    fd: number,
    flags: Number.parseInt(flags, 8),
    mountId: Number(mount),
    inode: Number(inode),
    link: unescapeOctal(link),
    file: undefined,
    info: noInfo,
  });
}

/** `3 81a4 fd01 …`: the file behind a descriptor, a mapping (`map:RANGE`) or a link (`exe`). */
export function readFile(draft: Draft, rest: string): void {
  const blank = rest.indexOf(' ');
  const what = rest.slice(0, blank);
  const file = parseKnownFile(rest.slice(blank + 1));
  if (file === undefined) return;
  const holder =
    draft.descriptors.get(what) ?? (what.startsWith('map:') ? draft.mappings.get(what.slice(4)) : undefined);
  if (holder !== undefined) holder.file = file;
  else draft.files[what] = file;
}

/** Most descriptors lead to one of a few files; the records of the last ones are kept. */
const knownFiles = new Map<string, FileRecord>();
const maxKnownFiles = 1_000;

function parseKnownFile(text: string): FileRecord | undefined {
  const known = knownFiles.get(text);
  if (known !== undefined) return known;
  const file = parseFile(text);
  if (file === undefined) return undefined;
  if (knownFiles.size >= maxKnownFiles) knownFiles.clear();
  knownFiles.set(text, file);
  return file;
}

/** `5 clockid: 8`: a further line of the fdinfo of a descriptor. */
export function readInfo(draft: Draft, rest: string): void {
  const blank = rest.indexOf(' ');
  const descriptor = draft.descriptors.get(rest.slice(0, blank));
  const line = unescapeOctal(rest.slice(blank + 1));
  if (descriptor === undefined) return;
  if (descriptor.info === noInfo) descriptor.info = [line];
  else descriptor.info.push(line);
}

/** `7f01-7f02 rw-s 00000000 00:0f 1066 PATH` */
export function readMapping(draft: Draft, rest: string): void {
  const [range = '', mode = '', offset = '', device = '', inode = ''] = rest.split(' ', 5);
  const path = rest.slice(range.length + mode.length + offset.length + device.length + inode.length + 5);
  const start = range.split('-', 1)[0] ?? '';
  draft.mappings.set(range, {
    start,
    path: unescapeOctal(path),
    device: device
      .split(':')
      .map((number) => String(Number.parseInt(number, 16)))
      .join(':'),
    inode: parseWhole(inode) ?? 0,
    file: undefined,
    flags: undefined,
  });
}

/** `7f01 rd wr io`: flags of the mapping that begins there. */
export function readFlags(draft: Draft, rest: string): void {
  const [start = '', ...flags] = rest.split(' ');
  for (const mapping of draft.mappings.values()) if (mapping.start === start) mapping.flags = flags;
}
