/** Asks a source for everything a report holds. What cannot be had becomes evidence that says so. */

import type { Engine, InstanceAddress, Packaging } from '../engines/engine.js';
import { parseServer } from '../parse/server-json.js';
import type { Evidence, EvidenceId, EvidenceRequest, Source } from '../source/source.js';
import { placeRequests } from './catalogue.js';
import { chooseEngine } from './collect-target.js';
import { gatherHost, guessEngine, rejudgeCriu, type Collected } from './collect.js';
import {
  daemonRequests,
  expectedItems,
  reportEngineRequests,
  reportHostRequests,
  reportProcessRequests,
  rpmRequest,
} from './report-catalogue.js';
import { gatherProcesses } from './process-evidence.js';
import { planDirectories } from './report-directories.js';
import type { FilePlan } from './report-files.js';
import { settleAnswers } from './report-answers.js';
import { gatherForOthers, locateForReport } from './report-ends.js';
import type { LocatedInstance, WantedOwner } from './resolve.js';
import { scoutHost, type Scout } from './scout.js';

/** What is to be reported; without an instance the host alone. */
export interface ReportRequest extends WantedOwner {
  readonly instance?: string | undefined;
  /** That there is no such instance is no error, and what it may have left is looked for: the target of a move. */
  readonly mayBeMissing?: boolean;
  /** Another host is reported with this one, so that what tells them apart only now is asked for too. */
  readonly isOneOfTwo?: boolean;
  /** Whether this evidence is wanted; what is needed to find the instance is asked for anyway. */
  readonly wants: (id: EvidenceId) => boolean;
}

export interface ReportEvidence {
  /** What a check would look at; `instance` is undefined when it does not run or could not be found out about. */
  readonly collected: Collected;
  /** All else, each id once. */
  readonly extras: readonly Evidence[];
  /** Files that are still to be read, one at a time. */
  readonly plans: readonly FilePlan[];
  /** What a reader has to know besides, one line each. */
  readonly notes: readonly string[];
}

/**
 * Collects everything but the files of the instance's directories, which may be large.
 *
 * @throws UserError with exit status 2 for an instance that does not exist, an ambiguous name, an
 * engine that is not here
 */
export async function collectReport(source: Source, request: ReportRequest): Promise<ReportEvidence> {
  const scout = await scoutHost(source);
  const wanted = onlyWanted(source, request.wants);
  const guess = guessFor(scout, request);
  const { instance: name } = request;
  const [located, firstHost, general, ofGuess, early, forGuess] = await Promise.all([
    name === undefined ? undefined : locateForReport(source, scout, name, request),
    gatherHost(wanted, scout, guess?.name, name === undefined ? guess?.serverRequest : undefined),
    gatherGeneral(wanted),
    gatherEngine(wanted, scout, guess),
    gatherByName(wanted, guess, name),
    gatherForOthers(wanted, scout, guess, request),
  ]);
  const isGuessed = located === undefined || located.engine === guess;
  const { unread } = scout;
  const found: Found = { name, located, engine: located?.engine ?? guess, early: isGuessed ? early : [], unread };
  const host = located ? await rejudgeCriu(wanted, scout, firstHost, guess?.name, located.engine.name) : firstHost;
  const server = located?.server ?? host.find(({ id }) => id === found.engine?.serverRequest?.id);
  const [ofEngine, ofDaemon, ofInstance, forOthers] = await Promise.all([
    found.engine === guess ? ofGuess : gatherEngine(wanted, scout, found.engine),
    gatherDaemon(wanted, server),
    gatherInstance(wanted, scout, found),
    isSame(found.engine, guess) ? forGuess : gatherForOthers(wanted, scout, found.engine, request),
  ]);
  const shared = unanswered(forOthers, located);
  const isWanted = ({ id }: Evidence): boolean => request.wants(id);
  const collected: Collected = {
    engine: found.engine?.name,
    instance: runningInstance(located),
    host: [...host, ...listOf(located?.server), ...shared].filter(isWanted),
    ofInstance: [...(located?.evidence ?? []), ...ofInstance.forCheck].filter(isWanted),
  };
  const known = new Set(shared.map(({ id }) => id));
  const extras = settleAnswers([...general, ...ofEngine, ...ofDaemon, ...ofInstance.extras]).filter(
    (each) => isWanted(each) && !known.has(each.id),
  );
  const lacking = lackingItems([...collected.host, ...collected.ofInstance, ...extras], found).filter(isWanted);
  return {
    collected,
    extras: [...extras, ...lacking.map((each) => ({ ...each, startedAt: scout.evidence[0]?.startedAt ?? '' }))],
    plans: ofInstance.plans,
    // That the host does not answer is said once, by whoever tried to open it.
    notes: [
      ...listOf(located?.reason).filter((reason) => reason !== unread),
      ...ofInstance.plans.flatMap(({ notes }) => notes),
    ],
  };
}

/** Also when one of them is asked about another project. */
function isSame(engine: Engine | undefined, other: Engine | undefined): boolean {
  return engine?.name === other?.name;
}

/** That a target lacks the engine is no error. */
function guessFor(scout: Scout, { engine, mayBeMissing = false }: ReportRequest): Engine | undefined {
  return mayBeMissing ? chooseEngine(scout, engine) : guessEngine(scout, engine);
}

/** Each id once: of the instance, its engine has answered some of it already. */
function unanswered(evidence: readonly Evidence[], located: LocatedInstance | undefined): readonly Evidence[] {
  const answered = new Set(located?.evidence.map(({ id }) => id));
  return evidence.filter(({ id }) => !answered.has(id));
}

/** What is being reported, as far as it is known. */
interface Found {
  readonly name: string | undefined;
  readonly located: LocatedInstance | undefined;
  readonly engine: Engine | undefined;
  /** What its engine said of it before it was found. */
  readonly early: readonly Evidence[];
  /** Why it is not known which engines there are. */
  readonly unread: string | undefined;
}

function listOf<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

function runningInstance(located: LocatedInstance | undefined): Collected['instance'] {
  return located?.instance?.pid === undefined ? undefined : located.instance;
}

/** Items of the list that nothing has answered, with the reason. */
function lackingItems(evidence: readonly Evidence[], found: Found): readonly Evidence[] {
  const asked = new Set(evidence.map(({ id }) => id));
  return expectedItems(found.located !== undefined)
    .filter((id) => !asked.has(id))
    .map((id) => ({
      id,
      origin: id,
      status: found.unread === undefined ? 'absent' : 'failed',
      reason: found.unread ?? reasonFor(id, found),
      startedAt: '',
      durationMs: 0,
      bytes: 0,
    }));
}

/** Listings are asked for in any case, because they tell which files there are. */
function onlyWanted(source: Source, wants: (id: EvidenceId) => boolean): Source {
  const isNeeded = ({ id, kind }: EvidenceRequest): boolean =>
    wants(id) || kind === 'listing' || (id === 'criu.check.all' && wants('criu.check'));
  return { where: source.where, gather: (requests) => source.gather(requests.filter(isNeeded)) };
}

async function gatherGeneral(source: Source): Promise<readonly Evidence[]> {
  const answers = await source.gather(reportHostRequests);
  if (!answers.some(({ id, status }) => id === rpmRequest.id && status === 'absent')) return answers;
  const [rpm] = await source.gather([rpmRequest]);
  return rpm?.status === 'absent'
    ? answers
    : [...answers.filter(({ id }) => id !== rpmRequest.id), ...(rpm ? [rpm] : [])];
}

async function gatherEngine(source: Source, scout: Scout, engine: Engine | undefined): Promise<readonly Evidence[]> {
  if (engine === undefined) return [];
  return await source.gather(reportEngineRequests(engine, scout.packagingOf(engine.name), scout.hasProgram('snap')));
}

/** What needs no more than the name, side by side with finding out who owns it. */
async function gatherByName(
  source: Source,
  engine: Engine | undefined,
  name: string | undefined,
): Promise<readonly Evidence[]> {
  if (engine === undefined || name === undefined || engine.refuseName(name) !== undefined) return [];
  return await source.gather(engine.report.instanceRequests(name, undefined));
}

function gatherDaemon(source: Source, server: Evidence | undefined): Promise<readonly Evidence[]> {
  const pid = parseServer(server?.text ?? '')?.pid;
  return source.gather(pid === undefined ? [] : daemonRequests(pid));
}

interface InstanceEvidence {
  readonly forCheck: readonly Evidence[];
  readonly extras: readonly Evidence[];
  readonly plans: readonly FilePlan[];
}

async function gatherInstance(
  source: Source,
  scout: Scout,
  { name, located, early }: Found,
): Promise<InstanceEvidence> {
  if (located === undefined || name === undefined) return { forCheck: [], extras: [], plans: [] };
  const { engine, instance, server } = located;
  const address: InstanceAddress = instance ?? { name, project: 'default', devices: {} };
  const packaging = scout.packagingOf(engine.name);
  const daemonPid = daemonPidOf(packaging, server);
  const places = engine.findPlaces(address, packaging);
  const pid = instance?.pid;
  const ofPlaces = placeRequests(places, daemonPid);
  const answered = new Set(early.map(({ id }) => id));
  const extras = [
    ...(pid === undefined ? [] : reportProcessRequests(pid)),
    ...engine.report.instanceRequests(name, networkOf(address)).filter(({ id }) => !answered.has(id)),
  ];
  const [answers, more, directories] = await Promise.all([
    pid === undefined ? source.gather(ofPlaces) : gatherProcesses(source, pid, ofPlaces),
    source.gather(extras),
    planDirectories(source, places, daemonPid),
  ]);
  return {
    forCheck: answers,
    extras: [...early, ...more, ...directories.listings],
    plans: directories.plansFor(answers.find(({ id }) => id === 'instance.logs')),
  };
}

/** Only where the daemon has mounts of its own is its view another one. */
function daemonPidOf(packaging: Packaging, server: Evidence | undefined): number | undefined {
  return packaging === 'snap' ? parseServer(server?.text ?? '')?.pid : undefined;
}

/** The first network that the instance is connected to. */
function networkOf({ devices }: InstanceAddress): string | undefined {
  const card = Object.values(devices).find((device) => device['type'] === 'nic');
  return card?.['network'] ?? card?.['parent'];
}

function reasonFor(id: EvidenceId, { engine, located, name }: Found): string {
  if (engine === undefined) return 'there is more than one engine here; name one with --engine';
  if (engine.client === undefined) return 'no container engine was found here';
  const lack = engine.report.lacks[id];
  if (lack !== undefined) return lack;
  if (located?.reason !== undefined) return located.reason;
  const instance = located?.instance;
  if (instance !== undefined && instance.pid === undefined) return `${name} is ${instance.status}`;
  return `${engine.title} has no such thing`;
}
