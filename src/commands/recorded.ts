/** Reports as the place that a check or a triage looks at. */

import { UserError } from '../errors.js';
import { collect, type Collected } from '../evidence/collect.js';
import type { LogReading } from '../evidence/log-reading.js';
import { readLog } from '../evidence/logs.js';
import type { Assessment, Triage } from '../findings/finding.js';
import { markPredicted } from '../findings/predicted.js';
import { parseListing } from '../parse/listing.js';
import { isReportedLog } from '../report/log-desk.js';
import { relevantLogs, type ReportedLog } from '../report/relevant-logs.js';
import type { RuleSet } from '../rules/load.js';
import { openTree } from '../source/bundle-files.js';
import { openLooseLogs, openRecordedLogs } from '../source/bundle-logs.js';
import { bundleFrom, hasManifest, withoutManifest, type Bundle } from '../source/bundle.js';
import type { LogInput } from '../source/log-files.js';
import type { Artifact, ArtifactSide, Manifest } from '../source/manifest.js';
import type { Spool } from '../source/spool.js';
import { instanceOf, type CheckArguments, type CheckWish } from './check-options.js';
import { containerWish } from './container-wish.js';
import type { Invocation } from './invocation.js';

/**
 * The arguments of a check, completed by what the report is about.
 * @throws {UserError} they ask for something that is not in it
 */
export function completeArguments(parsed: CheckArguments, { engine, instance }: Manifest): CheckArguments {
  const named = instanceOf(parsed);
  if (parsed.pid !== undefined) throw new UserError('--pid looks at a running process, and a report has none');
  if (named !== undefined && named !== instance) {
    throw new UserError(`this report is about ${instance ?? 'a host without a container'}, not about ${named}`);
  }
  if (parsed.engine !== undefined && engine !== undefined && parsed.engine !== engine) {
    throw new UserError(`this report is about ${engine}, not about ${parsed.engine}`);
  }
  // Behind `--` it stands among the words already.
  return { ...parsed, engine: parsed.engine ?? engine, instance: named === undefined ? instance : parsed.instance };
}

/**
 * The same error as one about a report: advice for a live host is none for one that is only recorded, but its
 * logs may tell more than a check can.
 */
export function explainRecorded(error: unknown, { where, manifest }: Bundle): unknown {
  if (!(error instanceof UserError)) return error;
  const then = 'That is how it was when the report was made';
  const hasLogs = manifest.artifacts.some((artifact) => artifact.path !== undefined && isReportedLog(artifact));
  return new UserError(`${where}, as recorded: ${error.message}`, {
    exitStatus: error.exitStatus,
    hint: hasLogs ? `${then}; what its logs say: crdoctor triage ${where}` : then,
  });
}

/** What the logs of a report, of half a report or of another archive say. */
export interface RecordedLogs {
  readonly readings: readonly LogReading[];
  /** One line each. Untrusted. */
  readonly problems: readonly string[];
  /** Undefined where there is nothing but logs. */
  readonly bundle: Bundle | undefined;
}

export interface RecordedLogOptions {
  readonly words: readonly string[];
  /** Also keep what every line is like, to compare runs. */
  readonly isTraced?: boolean;
  readonly watch: (input: LogInput) => LogInput;
  readonly spool: Spool;
  readonly env: Invocation['env'];
  readonly signal: AbortSignal;
}

/**
 * Reads the logs of a report that are about what failed; of half a report, all there are. `name`: the
 * report as the user knows it.
 * @throws {UserError} it cannot be read or has no logs
 */
export async function readRecordedLogs(
  path: string,
  options: RecordedLogOptions,
  name: string = path,
): Promise<RecordedLogs> {
  const read = (input: LogInput): Promise<LogReading> => readLog(options.watch(input), options);
  const tree = await openTree(path);
  if (hasManifest(tree)) return await readReportedLogs(await bundleFrom(tree, name), read);
  const readings: LogReading[] = [];
  for await (const input of openLooseLogs(tree)) readings.push(await read(input));
  const reason = withoutManifest(tree, name);
  if (readings.length === 0) throw reason;
  return { readings, problems: [`${reason.message}; the logs in it were read`, ...tree.problems], bundle: undefined };
}

/** @throws {UserError} there is no log in it */
export async function readReportedLogs(
  bundle: Bundle,
  read: (input: LogInput) => Promise<LogReading>,
): Promise<RecordedLogs> {
  const { artifacts } = bundle.manifest;
  const times = await readTimes(bundle);
  const wanted = artifacts.filter(isReportedLog);
  const logs = new Map<Artifact, ReportedLog>();
  for await (const { artifact, input } of openRecordedLogs(bundle, wanted)) {
    const modifiedS = times.get(timeKey(artifact.side, artifact.origin));
    const reading = await read(modifiedS === undefined ? input : { ...input, modifiedMs: modifiedS * 1000 });
    logs.set(artifact, { id: artifact.id, modifiedS, reading });
  }
  if (logs.size === 0) throw new UserError(`${bundle.where}: no log in this report`);
  const inOrder = wanted.flatMap((artifact) => logs.get(artifact) ?? []);
  const lost = wanted.filter((each) => each.path !== undefined && !logs.has(each));
  const readings = relevantLogs(inOrder);
  const unused = inOrder.flatMap(({ reading }) => (readings.includes(reading) ? [] : (reading.problem ?? [])));
  const missing = lost.map(({ path }) => `${path} is missing from the report`);
  return { readings, problems: [...bundle.problems(), ...missing, ...unused], bundle };
}

/** When files were last written, seconds since 1970, from the listings of directories; keys as of {@link timeKey}. */
async function readTimes(bundle: Bundle): Promise<ReadonlyMap<string, number>> {
  const isListing = (id: string): boolean => /^instance\.(?:logs|state|snapshot\..+\.state)$/.test(id);
  const times = new Map<string, number>();
  for (const side of ['source', 'target'] as const) {
    for (const { origin, text = '' } of await bundle.readEvidence(side, isListing)) {
      for (const { name, modifiedS } of parseListing(text.replace(/[^\n]+$/, '')) ?? []) {
        times.set(timeKey(side, `${origin}/${name}`), modifiedS);
      }
    }
  }
  return times;
}

/** Both hosts of a report keep their files under the same paths. */
function timeKey(side: ArtifactSide, path: string): string {
  return `${side} ${path}`;
}

/** The triage with what a check of the recorded evidence adds to it; as it is when that cannot be judged. */
export async function addPredictions(triage: Triage, bundle: Bundle, rules: RuleSet): Promise<Triage> {
  if (triage.diagnoses.length === 0) return triage;
  const assessment = await assessRecorded(bundle, rules);
  return assessment === undefined ? triage : markPredicted(triage, assessment);
}

/** What a check of the recorded evidence says; undefined when it cannot be judged. */
export async function assessRecorded(bundle: Bundle, { causes }: RuleSet): Promise<Assessment | undefined> {
  const { engine, instance } = bundle.manifest;
  const operation = instance === undefined ? 'host' : 'stop';
  const wish = containerWish({ instance, engine, operation });
  const [{ prepareJudge }, collected] = await Promise.all([import('./judging.js'), collectOrNothing(bundle, wish)]);
  return collected && prepareJudge(causes, wish)(collected, bundle.where).assessment;
}

/** A container that did not run any more when the report was made cannot be judged. */
async function collectOrNothing(bundle: Bundle, wish: CheckWish): Promise<Collected | undefined> {
  try {
    return await collect(bundle, wish);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
