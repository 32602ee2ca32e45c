/** Reads what was found in an archive or a directory: logs, statistics, reports, versions of the host. */

import { UserError } from '../errors.js';
import type { LogReading } from '../evidence/log-reading.js';
import { readLog } from '../evidence/logs.js';
import type { HostVersions } from '../parse/host-versions.js';
import { mergeHostVersions, parseHostVersions } from '../parse/host-versions.js';
import type { NamedInventory } from '../findings/images.js';
import { parseInventory } from '../parse/crit-inventory.js';
import { decodeInventory } from '../source/inventory-image.js';
import type { ArchiveForm } from '../archive/unpack.js';
import type { FoundItem } from '../source/found-item.js';
import { walkArchive, walkDirectory, withoutLogs } from '../source/log-walk.js';
import type { StatsFile } from '../source/stats-files.js';
import { readRecordedLogs, type RecordedLogOptions, type RecordedLogs } from './recorded.js';

export interface FoundLogs extends RecordedLogs {
  /** That CRIU left beside its images. */
  readonly statistics: readonly StatsFile[];
  /** Of the images beside the logs, where crit is installed. */
  readonly images: readonly NamedInventory[];
  /** What a copy of a host tells besides its logs. */
  readonly versions: HostVersions;
}

interface Found {
  readings: { readonly reading: LogReading; readonly isOfHost: boolean }[];
  readonly reports: RecordedLogs[];
  readonly statistics: StatsFile[];
  readonly images: NamedInventory[];
  readonly versions: HostVersions[];
  readonly problems: string[];
  /** Why reports could not be read. */
  readonly refusals: UserError[];
  readonly marks: Set<'host' | 'podman'>;
}

/**
 * Reads all logs in an archive or a directory that are about a checkpoint, in the order of their names.
 * `name`: the place as the user knows it.
 * @throws {UserError} it cannot be read or has none
 */
export async function readFoundLogs(
  path: string,
  form: ArchiveForm | 'directory',
  options: RecordedLogOptions,
  name: string = path,
): Promise<FoundLogs> {
  const found: Found = {
    readings: [],
    reports: [],
    statistics: [],
    images: [],
    versions: [],
    problems: [],
    refusals: [],
    marks: new Set(),
  };
  const onProblem = (problem: string): void => void found.problems.push(problem);
  const walkOptions = { ...options, onProblem };
  const items = form === 'directory' ? walkDirectory(path, walkOptions) : walkArchive(path, name, form, walkOptions);
  for await (const item of items) await take(item, found, options);
  if (found.readings.length + found.reports.length === 0) {
    const [refusal] = found.refusals;
    if (refusal !== undefined) throw refusal;
    const [first] = found.problems;
    throw first === undefined ? withoutLogs(name, form === 'directory') : new UserError(first);
  }
  return summarize(found);
}

async function take(item: FoundItem, found: Found, options: RecordedLogOptions): Promise<void> {
  switch (item.kind) {
    case 'log':
      found.readings.push({ reading: await readLog(options.watch(item.input), options), isOfHost: item.isOfHost });
      break;
    case 'report':
      found.readings = found.readings.filter(({ reading }) => !reading.file.startsWith(item.below));
      await takeReport(item, found, options);
      break;
    case 'statistics':
      found.statistics.push({ name: item.name, bytes: item.bytes });
      break;
    case 'inventory':
      await takeInventory(item, found, options);
      break;
    case 'versions':
      found.versions.push(parseHostVersions(item.name, item.bytes.toString('utf8')));
      break;
    default:
      found.marks.add(item.mark);
  }
}

async function takeInventory(
  { name, bytes }: { readonly name: string; readonly bytes: Buffer },
  { images }: Found,
  options: RecordedLogOptions,
): Promise<void> {
  const inventory = parseInventory((await decodeInventory(bytes, options)) ?? '');
  if (inventory !== undefined) images.push({ name, inventory });
}

/** A report that tells nothing keeps no other logs from being read. */
async function takeReport(
  { path, name }: FoundItem & { readonly kind: 'report' },
  found: Found,
  options: RecordedLogOptions,
): Promise<void> {
  try {
    found.reports.push(await readRecordedLogs(path, options, name));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    found.refusals.push(error);
  }
}

function summarize({ readings, reports, statistics, images, versions, problems, refusals, marks }: Found): FoundLogs {
  const loose = readings
    .toSorted((left, right) => (left.reading.file < right.reading.file ? -1 : 1))
    .map(({ reading, isOfHost }) => (isOfHost || marks.has('host') ? asOfHost(reading) : reading))
    .map((reading) =>
      marks.has('podman') && reading.engine === undefined ? { ...reading, engine: 'podman' as const } : reading,
    );
  const [report, ...others] = reports;
  return {
    readings: [...reports.flatMap((each) => each.readings), ...loose],
    problems: [...problems, ...refusals.map(({ message }) => message), ...reports.flatMap((each) => each.problems)],
    bundle: others.length === 0 && loose.length === 0 ? report?.bundle : undefined,
    statistics,
    images,
    versions: mergeHostVersions(versions),
  };
}

/** In the log of a whole host, a word like "migrate" says nothing about what failed. Logs of CRIU are about that alone. */
function asOfHost(reading: LogReading): LogReading {
  if (reading.kind === 'criu') return reading;
  const { operation: _operation, phase: _phase, engine: _engine, ...rest } = reading;
  return { ...rest, isOfHost: true };
}
