/** Chooses which files of an instance's directories go into a report. Pure: listings in, requests out. */

import { parseListing, type ListedFile } from '../parse/listing.js';
import type { Evidence, EvidenceId, InnerFileRequest } from '../source/source.js';

const mebibyte = 1024 * 1024;
/** Larger files are cut, and their end is kept. */
const maxCriuLogBytes = 64 * mebibyte;
const maxOtherBytes = 4 * mebibyte;
/** Of all files of one directory together. */
const maxTotalBytes = 512 * mebibyte;
const maxFiles = 100;
/** Files that are left out are named one by one up to here. */
const maxLeftOut = 50;

/** A file that is to be read. */
export interface PlannedFile {
  readonly request: InnerFileRequest;
  /** Path below the folder of its side. */
  readonly path: string;
  /** When it was last written, seconds since 1970. */
  readonly modifiedS: number;
  readonly sizeBytes: number;
}

/** A file that is there and stays out, with the reason. */
export interface LeftOutFile {
  readonly id: EvidenceId;
  readonly origin: string;
  readonly reason: string;
}

export interface FilePlan {
  /** The newest first, because they are about what has just failed. */
  readonly files: readonly PlannedFile[];
  readonly leftOut: readonly LeftOutFile[];
  /** Lines about what stays out as a whole. */
  readonly notes: readonly string[];
}

const criuLogName = /(?:^|[/_])(?:pre-dump|dump|restore)(?:_[^/]*)?\.log(?:\.\d+)?(?:\.gz)?$/;
const logName = /\.(?:log|txt|out|err)(?:\.(?:old|\d{1,4}))?(?:\.gz)?$/i;
/** What the workload printed is nobody's business but its owner's. */
const consoleName = /^console\.log/;
/** Of a state directory, these alone hold nothing of the memory or the files of the instance. */
const stateName = /(?:^|\/)(?:[^/]+\.log|stats-[^/]+|inventory\.img|tty\.info)$/;
export const binaryName = /(?:^|\/)(?:stats-[^/]+|inventory\.img)$/;

/** Which files of a log directory are packed. `prefix`: only files whose names begin so are the instance's. */
export function planLogs(listing: Evidence, prefix = ''): FilePlan {
  const entries = entriesOf(listing).filter(({ name }) => name.startsWith(prefix));
  const logs = entries.filter(({ type, name }) => type !== 'd' && logName.test(name) && !consoleName.test(name));
  const plan = choose(logs, listing.origin, 'instance.log', 'instance.log');
  const hasConsole = entries.some(({ name }) => consoleName.test(name));
  const note = 'the log of the console is listed and not packed: it holds what the workload printed';
  return hasConsole ? { ...plan, notes: [...plan.notes, note] } : plan;
}

/** Which files of a directory of checkpoint images are packed; memory and contents of files never are. */
export function planState(listing: Evidence, id: EvidenceId, folder: string): FilePlan {
  const known = entriesOf(listing).filter(({ type, name }) => type !== 'd' && stateName.test(name));
  return choose(known, listing.origin, id, folder);
}

/** The names of the directories in a listing, as the listing writes them. */
export function directoriesOf(listing: Evidence): readonly string[] {
  return entriesOf(listing).flatMap(({ type, name }) => (type === 'd' ? [name] : []));
}

/** Letters that mean the same everywhere, for ids and for names of files in the report. */
export function plainName(name: string): string {
  return name.replaceAll(/[^\w.+:/-]/g, '_').replaceAll(/(?<=^|\/)[.-]/g, '_');
}

function entriesOf({ text }: Evidence): readonly ListedFile[] {
  return parseListing((text ?? '').replace(/[^\n]+$/, '')) ?? [];
}

function choose(entries: readonly ListedFile[], directory: string, id: EvidenceId, folder: string): FilePlan {
  const newestFirst = entries.toSorted((left, right) => right.modifiedS - left.modifiedS);
  const files: PlannedFile[] = [];
  const leftOut: LeftOutFile[] = [];
  let total = 0;
  for (const entry of newestFirst) {
    const file = planFile(entry, directory, id, folder);
    const packed = Math.min(entry.sizeBytes, file.request.maxBytes ?? 0);
    const reason = reasonAgainst(entry, files.length, total + packed);
    if (reason === undefined) {
      files.push(file);
      total += packed;
    } else {
      leftOut.push({ id: file.request.id, origin: `${directory}/${entry.name}`, reason });
    }
  }
  const more = leftOut.length - maxLeftOut;
  const notes = more > 0 ? [`${more} more files of ${directory} are left out; ${id} lists them`] : [];
  return { files, leftOut: leftOut.slice(0, maxLeftOut), notes };
}

const typeNames: Readonly<Record<string, string>> = {
  l: 'a link',
  p: 'a fifo',
  s: 'a socket',
  c: 'a device',
  b: 'a device',
};

function reasonAgainst({ type }: ListedFile, count: number, totalBytes: number): string | undefined {
  if (type !== 'f') return `${typeNames[type] ?? 'no regular file'}, which is not opened`;
  if (count >= maxFiles) return `left out: ${maxFiles} newer files are packed`;
  return totalBytes > maxTotalBytes ? `left out: newer files fill ${maxTotalBytes / mebibyte} MiB` : undefined;
}

function planFile(
  { name, modifiedS, sizeBytes }: ListedFile,
  directory: string,
  id: EvidenceId,
  folder: string,
): PlannedFile {
  const plain = plainName(name);
  const request: InnerFileRequest = {
    id: `${id}.${plain.replaceAll('/', '.')}`,
    kind: 'inner-file',
    directory,
    name,
    keep: 'tail',
    maxBytes: criuLogName.test(name) ? maxCriuLogBytes : maxOtherBytes,
    ...(binaryName.test(name) && { encoding: 'base64' }),
  };
  return { request, path: `${folder}/${plain.replaceAll(':', '-')}`, modifiedS, sizeBytes };
}
