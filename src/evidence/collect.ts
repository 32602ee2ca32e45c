/** Asks a source for everything a check needs, in as few rounds as possible. */

import type { Engine, Instance, ObservableEngine } from '../engines/engine.js';
import { engines } from '../engines/index.js';
import { UserError } from '../errors.js';
import { parseCriuCheck } from '../parse/criu-check.js';
import { parseServer } from '../parse/server-json.js';
import type { Evidence, EvidenceRequest, Source } from '../source/source.js';
import { hostRequests, placeRequests, snapRequests } from './catalogue.js';
import { gatherProcesses } from './process-evidence.js';
import { chooseCandidates, resolveInstance, type ResolvedInstance, type WantedOwner } from './resolve.js';
import { scoutHost, type Scout } from './scout.js';

/** What is to be looked at; nothing = the host alone. */
export interface CollectRequest {
  readonly engine?: string | undefined;
  readonly instance?: string | undefined;
  /** Of the instance; as in {@link WantedOwner}. */
  readonly project?: string | undefined;
  /** Root of a process tree that no engine manages. */
  readonly pid?: number | undefined;
  /** Directory that its images will go to. */
  readonly images?: string | undefined;
}

export interface Collected {
  /** Undefined when only the host was asked for and it has several engines. */
  readonly engine: ObservableEngine | undefined;
  /** Undefined when only the host was asked for. */
  readonly instance: Pick<Instance, 'name' | 'status' | 'pid'> | undefined;
  /** Of the host and its engine. */
  readonly host: readonly Evidence[];
  /** Of the instance; empty without one. */
  readonly ofInstance: readonly Evidence[];
}

/**
 * Collects the evidence: first which engines there are (from the file system), then the host and the
 * engine's answers side by side, then what needs the instance's pid.
 *
 * @throws UserError as {@link resolveInstance}, and with exit status 2 for a pid that does not exist.
 */
export async function collect(source: Source, request: CollectRequest = {}): Promise<Collected> {
  const scout = await scoutHost(source);
  if (request.pid !== undefined) {
    return await collectProcess(source, scout, { pid: request.pid, images: request.images });
  }
  const guess = guessEngine(scout, request.engine);
  if (request.instance === undefined) {
    const host = await gatherHost(source, scout, guess?.name, guess?.serverRequest);
    return { engine: guess?.name, instance: undefined, host, ofInstance: [] };
  }
  // The engine first: its answers take longest, and more has to wait for them.
  const [[resolved, places], firstHost] = await Promise.all([
    resolveAndGather(source, scout, request.instance, request),
    gatherHost(source, scout, guess?.name, undefined),
  ]);
  const host = await rejudgeCriu(source, scout, firstHost, guess?.name, resolved.engine.name);
  return {
    engine: resolved.engine.name,
    instance: resolved.instance,
    host: resolved.server === undefined ? host : [...host, resolved.server],
    ofInstance: [...resolved.evidence, ...places],
  };
}

async function resolveAndGather(
  source: Source,
  scout: Scout,
  name: string,
  wanted: WantedOwner,
): Promise<readonly [ResolvedInstance, readonly Evidence[]]> {
  const resolved = await resolveInstance(source, scout, name, wanted);
  return [resolved, await gatherInstance(source, scout, resolved)];
}

/** The only engine there can be; without any, CRIU by itself. */
export function guessEngine(scout: Scout, engineName: string | undefined): Engine | undefined {
  const candidates = chooseCandidates(scout, engineName);
  if (candidates.length > 1) return undefined;
  return candidates[0] ?? engines.criu;
}

export async function gatherHost(
  source: Source,
  scout: Scout,
  engine: ObservableEngine | undefined,
  server: EvidenceRequest | undefined,
): Promise<readonly Evidence[]> {
  const requests = hostRequests(scout.criuFor(engine));
  const answers = await source.gather([
    ...requests,
    ...(server === undefined ? [] : [server]),
    ...(engine !== undefined && scout.packagingOf(engine) === 'snap' ? snapRequests : []),
  ]);
  return splitCriuCheck([...scout.evidence, ...(await askAgain(source, requests, answers))]);
}

/**
 * A check of CRIU that gave up before it judged is made once more: what it tries, with namespaces, sockets and
 * processes of its own, may fail on a busy host, and a criu that works is not to be called broken for it.
 */
async function askAgain(
  source: Source,
  requests: readonly EvidenceRequest[],
  answers: readonly Evidence[],
): Promise<readonly Evidence[]> {
  const hasGivenUp = ({ id, status, text, stderr }: Evidence): boolean =>
    id === 'criu.check.all' &&
    (status === 'ok' || status === 'failed') &&
    parseCriuCheck(`${text ?? ''}\n${stderr ?? ''}`).verdict === undefined;
  if (!answers.some(hasGivenUp)) return answers;
  const second = await source.gather(requests.filter(({ id }) => id === 'criu.check.all'));
  return [...answers.filter(({ id }) => id !== 'criu.check.all'), ...second];
}

/** With several engines the guess may have been wrong; CRIU is asked again only when the owner runs another one. */
export async function rejudgeCriu(
  source: Source,
  scout: Scout,
  host: readonly Evidence[],
  guessed: ObservableEngine | undefined,
  owner: ObservableEngine,
): Promise<readonly Evidence[]> {
  if (guessed === owner || scout.packagingOf(owner) !== 'snap') return host;
  const again = hostRequests(scout.criuFor(owner)).filter(({ id }) => id.startsWith('criu.') && id !== 'criu.config');
  const answers = splitCriuCheck(await source.gather([...again, ...snapRequests]));
  const replaced = new Set(answers.map(({ id }) => id));
  return [...host.filter(({ id }) => !replaced.has(id)), ...answers];
}

/**
 * `criu check --all` tries what is needed first, in the same order as `criu check` (CRIU 2.0 to 4.2,
 * `criu/cr-check.c`), so that one run answers both questions.
 */
export function splitCriuCheck(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.flatMap((each) => (each.id === 'criu.check.all' ? [{ ...each, id: 'criu.check' }, each] : [each]));
}

function gatherInstance(source: Source, scout: Scout, resolved: ResolvedInstance): Promise<readonly Evidence[]> {
  const { engine, instance, server } = resolved;
  const packaging = scout.packagingOf(engine.name);
  const daemonPid = packaging === 'snap' ? parseServer(server?.text ?? '')?.pid : undefined;
  return gatherProcesses(source, instance.pid, placeRequests(engine.findPlaces(instance, packaging), daemonPid));
}

async function collectProcess(
  source: Source,
  scout: Scout,
  { pid, images }: { readonly pid: number; readonly images: string | undefined },
): Promise<Collected> {
  if (!Number.isSafeInteger(pid) || pid < 1) throw new UserError(`${pid} is no process id`);
  const [host, ofInstance] = await Promise.all([
    gatherHost(source, scout, 'criu', undefined),
    gatherProcesses(source, pid, images === undefined ? [] : [{ id: 'instance.space', kind: 'space', path: images }]),
  ]);
  if (ofInstance.some(({ id, status }) => id === 'instance.tasks' && status === 'absent')) {
    throw new UserError(`there is no process ${pid}`);
  }
  return { engine: 'criu', instance: { name: `pid ${pid}`, status: 'running', pid }, host, ofInstance };
}
