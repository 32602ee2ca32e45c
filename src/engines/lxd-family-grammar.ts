/** Reads command lines of `lxc` and `incus`: which of them save or restore the state of an instance. */

import type { Action, ActionKind, ClientSettings, MoveTarget, Recognition } from './action.js';
import { replaceAlias } from './client-alias.js';
import { isSet, readFlagWords, type FlagTable } from './flag-words.js';

/** Where the members of the family differ. */
export interface FamilyGrammar {
  readonly engine: Action['engine'];
  readonly client: string;
  /** The words of each command (`lxc snapshot`, `incus snapshot create`). */
  readonly commands: Readonly<Record<ActionKind, readonly string[]>>;
}

/** `lxc --help` of 5.0, `incus --help` of 6.0: before or behind the command. */
const globalFlags: FlagTable = {
  debug: { kind: 'flag' },
  'force-local': { kind: 'flag' },
  help: { kind: 'flag', short: 'h' },
  project: { kind: 'value' },
  quiet: { kind: 'flag', short: 'q' },
  'sub-commands': { kind: 'flag' },
  verbose: { kind: 'flag', short: 'v' },
  version: { kind: 'flag' },
};

const powerFlags: FlagTable = { all: { kind: 'flag' }, console: { kind: 'optional' } };

const commandFlags: Readonly<Record<ActionKind, FlagTable>> = {
  snapshot: {
    'no-expiry': { kind: 'flag' },
    expiry: { kind: 'value' },
    reuse: { kind: 'flag' },
    stateful: { kind: 'flag' },
  },
  restore: { stateful: { kind: 'flag' } },
  stop: { ...powerFlags, force: { kind: 'flag', short: 'f' }, stateful: { kind: 'flag' }, timeout: { kind: 'value' } },
  start: { ...powerFlags, stateless: { kind: 'flag' } },
  move: {
    'allow-inconsistent': { kind: 'flag' },
    config: { kind: 'value', short: 'c' },
    device: { kind: 'value', short: 'd' },
    'instance-only': { kind: 'flag' },
    mode: { kind: 'value' },
    'no-profiles': { kind: 'flag' },
    profile: { kind: 'value', short: 'p' },
    stateless: { kind: 'flag' },
    storage: { kind: 'value', short: 's' },
    target: { kind: 'value' },
    'target-project': { kind: 'value' },
  },
};

const kinds: readonly ActionKind[] = ['snapshot', 'restore', 'stop', 'start', 'move'];

/** Reads the words behind the name of the client. */
export function recogniseFamily(
  grammar: FamilyGrammar,
  argv: readonly string[],
  settings: ClientSettings,
): Recognition {
  const replaced = replaceAlias(argv, settings.aliases);
  if (replaced === undefined) return refuse('your aliases leave open what it stands for');
  if (replaced.isExternal === true) return refuse(`your alias ${replaced.alias} runs another program`);
  // The one short name that a command of these has.
  const words = replaced.words.map((word, index) =>
    word === 'mv' && isFirstWord(replaced.words, index) ? 'move' : word,
  );
  const found = findCommand(grammar, words);
  if (found === undefined) return refuse(`it is none of ${commandList(grammar)}`);
  const read = readFlagWords(found.rest, { ...globalFlags, ...commandFlags[found.kind] });
  if ('problem' in read) return refuse(`${read.problem}: crdoctor cannot tell what the command does`);
  const { flags } = read;
  if (isSet(flags, 'help') || isSet(flags, 'version')) return refuse('it only prints something');
  return toAction(grammar, found.kind, read.words, flags, settings);
}

function isFirstWord(words: readonly string[], index: number): boolean {
  return words.findIndex((word) => !word.startsWith('-')) === index;
}

/** The command by its words, which flags may surround, and everything else in its order. */
function findCommand(
  { commands }: FamilyGrammar,
  argv: readonly string[],
): { readonly kind: ActionKind; readonly rest: readonly string[] } | undefined {
  const candidates = kinds.flatMap((kind) => {
    const rest = takeWords(argv, commands[kind]);
    return rest === undefined ? [] : [{ kind, rest, length: commands[kind].length }];
  });
  return candidates.toSorted((left, right) => right.length - left.length)[0];
}

/** The arguments without the words of the command, when these are its first ones. */
function takeWords(argv: readonly string[], wanted: readonly string[]): readonly string[] | undefined {
  const rest: string[] = [];
  let taken = 0;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (taken === wanted.length || word === '--') {
      rest.push(...argv.slice(index));
      break;
    }
    if (word.startsWith('-')) {
      rest.push(word);
      if (word === '--project' && index + 1 < argv.length) rest.push(argv[(index += 1)] ?? '');
    } else if (word === wanted[taken]) {
      taken += 1;
    } else {
      return undefined;
    }
  }
  return taken === wanted.length ? rest : undefined;
}

function toAction(
  { engine, client }: FamilyGrammar,
  kind: ActionKind,
  words: readonly string[],
  flags: ReadonlyMap<string, string>,
  settings: ClientSettings,
): Recognition {
  const [named = '', snapshot] = words;
  const flaw = findFlaw(kind, words, flags);
  if (flaw !== undefined) return refuse(flaw);
  const place = findPlace(named, flags, settings);
  if ('outcome' in place) return place;
  const target = kind === 'move' ? findTarget(snapshot ?? '', place.instance, settings) : undefined;
  if (target !== undefined && 'outcome' in target) return target;
  const wantsState = kind === 'start' || kind === 'move' ? !isSet(flags, 'stateless') : isSet(flags, 'stateful');
  if (kind === 'stop' && !wantsState) {
    return refuse('a stop without --stateful saves nothing', `To keep the state: ${client} stop --stateful ${named}`);
  }
  return {
    outcome: 'recognised',
    action: {
      engine,
      kind,
      instance: place.instance,
      ...(snapshot !== undefined && kind !== 'move' && { snapshot }),
      ...(target !== undefined && { target }),
      wantsState,
      replaces: isSet(flags, 'reuse'),
      project: place.project,
      ...(place.usualProject !== undefined && { usualProject: place.usualProject }),
    },
  };
}

/** Why guard does not take a command whatever it is about; one clause. */
function findFlaw(
  kind: ActionKind,
  [named = '', snapshot, ...more]: readonly string[],
  flags: ReadonlyMap<string, string>,
): string | undefined {
  if (isSet(flags, 'all')) return 'it is about all instances; guard takes one at a time';
  if (named === '') return 'it names no instance';
  const hasSecond = kind === 'snapshot' || kind === 'restore' || kind === 'move';
  if (!hasSecond && snapshot !== undefined) return 'it names several instances; guard takes one at a time';
  if (more.length > 0) return 'it has too many words';
  if (kind === 'restore' && snapshot === undefined) return 'it names no snapshot';
  if (kind === 'move') return findMoveFlaw(flags);
  if (flags.has('console')) return '--console needs the terminal for itself';
  if (kind === 'snapshot' && !isSet(flags, 'stateful'))
    return 'a snapshot without --stateful leaves the processes alone';
  if (kind === 'stop' && isSet(flags, 'stateful') && isSet(flags, 'force'))
    return '--force ends the processes, --stateful saves them';
  return undefined;
}

function findMoveFlaw(flags: ReadonlyMap<string, string>): string | undefined {
  if (isSet(flags, 'stateless')) return 'a move with --stateless leaves the state behind';
  const [option] = ['target', 'target-project'].filter((name) => flags.has(name));
  return option === undefined ? undefined : `--${option} goes where guard cannot look`;
}

/** The other end of a move, which has to be another server. */
function findTarget(
  word: string,
  instance: string,
  { remotes, defaultRemote }: ClientSettings,
): MoveTarget | Extract<Recognition, { outcome: 'refused' }> {
  const [, remote = '', name = ''] = /^([^:]+):([^:]*)$/.exec(word) ?? [];
  if (remote === '') return refuse('it does not go to another server (`NAME:`)');
  const address = Object.hasOwn(remotes, remote) ? remotes[remote]?.address : undefined;
  if (address === undefined) return refuse(`there is no remote ${remote}`);
  if (address === 'unix://' || remote === defaultRemote) return refuse(`${remote} is this server: it only renames`);
  if (name.includes('/')) return refuse(`${name} is a snapshot, not an instance`);
  return { remote, instance: name === '' ? instance : name };
}

/** Only what is on the server of this machine can be looked at and kept. */
function findPlace(
  named: string,
  flags: ReadonlyMap<string, string>,
  settings: ClientSettings,
): Pick<Action, 'instance' | 'project' | 'usualProject'> | Extract<Recognition, { outcome: 'refused' }> {
  const [, prefix, instance = ''] = /^(?:([^:]*):)?(.*)$/s.exec(named) ?? [];
  const name = prefix === undefined || prefix === '' ? settings.defaultRemote : prefix;
  const isForced = isSet(flags, 'force-local');
  const remote = isForced || !Object.hasOwn(settings.remotes, name) ? undefined : settings.remotes[name];
  const address = remote?.address ?? (name === 'local' || (isForced && prefix === undefined) ? 'unix://' : undefined);
  if (address === undefined) return refuse(`there is no remote ${name}`);
  if (address !== 'unix://') {
    return refuse(`${name} is another server`, 'Run crdoctor guard on that server, where the state can be kept');
  }
  if (instance === '') return refuse('it names no instance');
  if (instance.includes('/')) return refuse(`${instance} is a snapshot, not an instance`);
  return { instance, ...projectOf(flags, settings.project ?? remote?.project ?? 'default') };
}

function projectOf(flags: ReadonlyMap<string, string>, usual: string): Pick<Action, 'project' | 'usualProject'> {
  const project = flags.get('project') ?? usual;
  return usual === 'default' ? { project } : { project, usualProject: usual };
}

function commandList({ client, commands }: FamilyGrammar): string {
  return kinds.map((kind) => `${client} ${commands[kind].join(' ')}`).join(', ');
}

function refuse(reason: string, hint?: string): Extract<Recognition, { outcome: 'refused' }> {
  return { outcome: 'refused', reason, ...(hint !== undefined && { hint }) };
}
