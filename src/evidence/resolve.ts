/** Finds out which engine owns an instance, and says clearly why none does. */

import type { Engine, Instance, InstanceAnswer } from '../engines/engine.js';
import { engines, findEngine } from '../engines/index.js';
import { exitStatus, UserError } from '../errors.js';
import type { Evidence, Source } from '../source/source.js';
import { findNearNames } from './near-names.js';
import type { Scout } from './scout.js';

/** Who has the instance, as far as that is known. */
export interface WantedOwner {
  readonly engine?: string | undefined;
  /** Left out: the default project, and where that does not have it, the only other one that does. */
  readonly project?: string | undefined;
  /** It was there a moment ago; what it has left is looked for if it has gone. */
  readonly mayBeGone?: boolean;
}

/** An instance that runs, with what its engine said about it. */
export interface ResolvedInstance {
  readonly engine: Engine;
  readonly instance: Instance & { readonly pid: number };
  /** Of the engine's daemon; undefined where there is none. */
  readonly server: Evidence | undefined;
  readonly evidence: readonly Evidence[];
}

interface Asked {
  readonly engine: Engine;
  readonly answer: InstanceAnswer;
  readonly server: Evidence | undefined;
  readonly evidence: readonly Evidence[];
}

/**
 * Asks the engines that are present (or the one that was named) for the instance.
 *
 * @throws UserError with exit status 2 for a name that cannot exist or does not, an ambiguous one, a
 * virtual machine, an engine that is not here; with 5 when an engine could not be asked, and for an
 * instance that does not run, because its mounts and processes cannot be seen.
 */
export async function resolveInstance(
  source: Source,
  scout: Scout,
  name: string,
  wanted: WantedOwner = {},
): Promise<ResolvedInstance> {
  const asked = await askAll(source, scout, name, wanted);
  const owner = findOwner(asked, name);
  if (owner === undefined) throw await explainMissing(source, name, asked);
  const instance = requireRunning(owner.engine, owner.instance);
  return { engine: owner.engine, instance, server: owner.server, evidence: owner.evidence };
}

/** An instance as far as it could be found out about; it need not run. */
export interface LocatedInstance {
  readonly engine: Engine;
  /** Undefined: the engine could not be asked, and `reason` says why. */
  readonly instance: Instance | undefined;
  readonly reason?: string;
  readonly server: Evidence | undefined;
  readonly evidence: readonly Evidence[];
}

/**
 * As {@link resolveInstance} for those who want what there is: an instance of any state, and where no
 * engine has it but one could not be asked, that engine. `mayBeGone`: it was there a moment ago, and what
 * it left behind is wanted as well.
 *
 * @throws UserError with exit status 2 for a name that cannot exist or does not, an ambiguous one, an
 * engine that is not here.
 */
export async function locateInstance(
  source: Source,
  scout: Scout,
  name: string,
  wanted: WantedOwner = {},
): Promise<LocatedInstance> {
  const asked = await askAll(source, scout, name, wanted);
  const owner = findOwner(asked, name);
  if (owner !== undefined) return owner;
  const [only] = asked;
  if (wanted.mayBeGone === true && asked.length === 1 && only?.answer.outcome === 'missing') {
    return { ...only, instance: undefined, reason: `${only.engine.title} has no instance ${quote(name)} any more` };
  }
  const silent = asked.find(({ answer }) => answer.outcome === 'unreachable');
  if (silent?.answer.outcome !== 'unreachable') throw await explainMissing(source, name, asked);
  return { ...silent, instance: undefined, reason: silent.answer.reason };
}

async function askAll(
  source: Source,
  scout: Scout,
  name: string,
  { engine: engineName, project }: WantedOwner,
): Promise<readonly Asked[]> {
  const candidates = chooseCandidates(scout, engineName);
  const willing = refuseImpossible(name, engineName === undefined ? candidates : [engineNamed(engineName)], candidates);
  if (project !== undefined) {
    return await Promise.all(willing.map((engine) => ask(source, engine.inProject?.(project) ?? engine, name)));
  }
  const asked = await Promise.all(willing.map((engine) => ask(source, engine, name)));
  return asked.every(({ answer }) => answer.outcome === 'missing') ? await askElsewhere(source, asked, name) : asked;
}

/** What is in no default project may be in another one. @throws UserError when it is in several */
async function askElsewhere(source: Source, asked: readonly Asked[], name: string): Promise<readonly Asked[]> {
  return await Promise.all(
    asked.map(async (each) => {
      const { engine } = each;
      const [answer] = engine.everywhereRequest === undefined ? [] : await source.gather([engine.everywhereRequest]);
      const [project, second] = (answer && engine.readProjects?.(answer, name)) ?? [];
      if (project === undefined || engine.inProject === undefined) return each;
      if (second !== undefined) {
        throw new UserError(`${quote(name)} is in several projects: ${[project, second].map(quote).join(', ')} …`, {
          hint: 'An instance outside of the default project is found when one project alone has its name',
        });
      }
      return await ask(source, engine.inProject(project), name);
    }),
  );
}

/** @throws UserError when several engines have it */
function findOwner(asked: readonly Asked[], name: string): (Asked & { readonly instance: Instance }) | undefined {
  const owners = asked.flatMap((each) =>
    each.answer.outcome === 'found' ? [{ ...each, instance: each.answer.instance }] : [],
  );
  if (owners.length > 1) {
    const titles = owners.map(({ engine }) => engine.title).join(' and ');
    throw new UserError(`${titles} both have an instance ${quote(name)}`, {
      hint: `Say which one is meant: ${owners.map(({ engine }) => `--engine ${engine.name}`).join(' or ')}`,
    });
  }
  return owners[0];
}

function engineNamed(name: string): Engine {
  const engine = findEngine(name);
  if (engine !== undefined) return engine;
  throw new UserError(`there is no engine ${quote(name)} that crdoctor can look at`, {
    hint: `Engines: ${Object.keys(engines).join(', ')}`,
  });
}

/** @throws UserError when the engine named is unknown or not installed here, or when there is none at all. */
export function chooseCandidates(scout: Scout, engineName?: string): readonly Engine[] {
  if (engineName === undefined) return scout.present;
  const engine = engineNamed(engineName);
  if (engine.client !== undefined && !scout.present.includes(engine)) {
    throw new UserError(`${engine.title} is not installed here`, {
      hint: `Looked for the program ${engine.client} and for ${engine.traces.join(', ')}`,
    });
  }
  return [engine];
}

/** The candidates that could have an instance of this name. A name that none could have is wrong use. */
function refuseImpossible(name: string, meant: readonly Engine[], candidates: readonly Engine[]): readonly Engine[] {
  const judges = meant.length > 0 ? meant : Object.values(engines).filter(({ client }) => client !== undefined);
  const [first] = judges;
  const reason = first?.refuseName(name);
  if (reason !== undefined && judges.every((engine) => engine.refuseName(name) !== undefined)) {
    throw new UserError(`${quote(name)} cannot be the name of an instance: ${reason}`);
  }
  if (candidates.length === 0) {
    const clients = judges.map(({ client }) => client).join(', ');
    throw new UserError('no container engine was found on this host', {
      hint: `Looked for ${clients}; a process tree without an engine is checked with --pid`,
    });
  }
  return candidates.filter((engine) => engine.refuseName(name) === undefined);
}

async function ask(source: Source, engine: Engine, name: string): Promise<Asked> {
  const server = engine.serverRequest;
  const answers = await source.gather([...engine.instanceRequests(name), ...(server === undefined ? [] : [server])]);
  const evidence = answers.filter(({ id }) => id !== server?.id);
  const base = { engine, server: answers.find(({ id }) => id === server?.id) };
  const answer = engine.readInstance(byId(evidence));
  const pidRequest = engine.pidRequest(name);
  if (
    answer.outcome !== 'found' ||
    answer.instance.pid !== undefined ||
    pidRequest === undefined ||
    isStopped(answer.instance)
  ) {
    return { ...base, answer, evidence };
  }
  const completed = [...evidence, ...(await source.gather([pidRequest]))];
  return { ...base, answer: engine.readInstance(byId(completed)), evidence: completed };
}

function byId(evidence: readonly Evidence[]): ReadonlyMap<string, Evidence> {
  return new Map(evidence.map((each) => [each.id, each]));
}

function isStopped({ status }: Instance): boolean {
  return status === 'stopped';
}

/** An engine that could not be asked might have it, so only when all answered is it known to be missing. */
async function explainMissing(source: Source, name: string, asked: readonly Asked[]): Promise<UserError> {
  const silent = asked.flatMap(({ answer }) => (answer.outcome === 'unreachable' ? [answer] : []));
  const [first] = silent;
  if (first !== undefined) {
    const message = `cannot tell whether there is an instance ${quote(name)}: ${silent.map(({ reason }) => reason).join('; ')}`;
    return new UserError(message, { exitStatus: exitStatus.unknown, hint: first.hint });
  }
  const lists = await Promise.all(
    asked.map(async ({ engine }) => {
      const [answer] = engine.namesRequest === undefined ? [] : await source.gather([engine.namesRequest]);
      return answer === undefined ? [] : engine.readNames(answer);
    }),
  );
  const near = findNearNames(name, lists.flat());
  const titles = asked.map(({ engine }) => engine.title).join(' and ');
  return new UserError(`${titles} ${asked.length > 1 ? 'have' : 'has'} no instance ${quote(name)}`, {
    ...(near.length > 0 && { hint: `Did you mean ${near.join(' or ')}?` }),
  });
}

function requireRunning(engine: Engine, instance: Instance): Instance & { readonly pid: number } {
  const { name, type, status, pid } = instance;
  if (type !== 'container') {
    throw new UserError(`${quote(name)} is a ${type.replaceAll('-', ' ')}; only containers are checkpointed with CRIU`);
  }
  if (pid !== undefined && status !== 'stopped') return { ...instance, pid };
  if (status === 'running') {
    throw new UserError(`${quote(name)} ended while it was looked at`, { exitStatus: exitStatus.unknown });
  }
  throw new UserError(`${quote(name)} is ${status}: its mounts and processes can only be seen while it runs`, {
    exitStatus: exitStatus.unknown,
    hint: `Start it first: ${engine.startCommand(name)}`,
  });
}

/** Names come from the command line, so they may hold anything. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
