/** Reads command lines of `lxc` and `incus`: which of them save or restore the state of an instance. */

import type { Action, ActionKind, ClientSettings, Recognition } from './action.js';
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
};

const kinds: readonly ActionKind[] = ['snapshot', 'restore', 'stop', 'start'];

/** Reads the words behind the name of the client. */
export function recogniseFamily(
  grammar: FamilyGrammar,
  argv: readonly string[],
  settings: ClientSettings,
): Recognition {
  const replaced = replaceAlias(argv, settings.aliases);
  if (replaced === undefined) return refuse('your aliases leave open what it stands for');
  if (replaced.isExternal === true) return refuse(`your alias ${replaced.alias} runs another program`);
  const { words } = replaced;
  const found = findCommand(grammar, words);
  if (found === undefined) return refuse(`it is none of ${commandList(grammar)}`);
  const read = readFlagWords(found.rest, { ...globalFlags, ...commandFlags[found.kind] });
  if ('problem' in read) return refuse(`${read.problem}: crdoctor cannot tell what the command does`);
  const { flags } = read;
  if (isSet(flags, 'help') || isSet(flags, 'version')) return refuse('it only prints something');
  return toAction(grammar, found.kind, read.words, flags, settings);
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
  const wantsState = kind === 'start' ? !isSet(flags, 'stateless') : isSet(flags, 'stateful');
  if (kind === 'stop' && !wantsState) {
    return refuse('a stop without --stateful saves nothing', `To keep the state: ${client} stop --stateful ${named}`);
  }
  return {
    outcome: 'recognised',
    action: {
      engine,
      kind,
      instance: place.instance,
      ...(snapshot !== undefined && { snapshot }),
      wantsState,
      replaces: isSet(flags, 'reuse'),
      project: place.project,
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
  const hasSnapshot = kind === 'snapshot' || kind === 'restore';
  if (!hasSnapshot && snapshot !== undefined) return 'it names several instances; guard takes one at a time';
  if (more.length > 0) return 'it has too many words';
  if (kind === 'restore' && snapshot === undefined) return 'it names no snapshot';
  if (flags.has('console')) return '--console needs the terminal for itself';
  if (kind === 'snapshot' && !isSet(flags, 'stateful'))
    return 'a snapshot without --stateful leaves the processes alone';
  if (kind === 'stop' && isSet(flags, 'stateful') && isSet(flags, 'force'))
    return '--force ends the processes, --stateful saves them';
  return undefined;
}

/** Only what is on the server of this machine can be looked at and kept. */
function findPlace(
  named: string,
  flags: ReadonlyMap<string, string>,
  settings: ClientSettings,
): { readonly instance: string; readonly project: string } | Extract<Recognition, { outcome: 'refused' }> {
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
  return { instance, project: flags.get('project') ?? settings.project ?? remote?.project ?? 'default' };
}

function commandList({ client, commands }: FamilyGrammar): string {
  return kinds.map((kind) => `${client} ${commands[kind].join(' ')}`).join(', ');
}

function refuse(reason: string, hint?: string): Extract<Recognition, { outcome: 'refused' }> {
  return { outcome: 'refused', reason, ...(hint !== undefined && { hint }) };
}
