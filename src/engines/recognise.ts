/** Tells which engine's client a command line starts, and what it is about to do. */

import type { Action, ClientSettings, Recognition } from './action.js';
import { recogniseFamily, type FamilyGrammar } from './lxd-family-grammar.js';

const grammars: readonly FamilyGrammar[] = [
  {
    engine: 'lxd',
    client: 'lxc',
    commands: { snapshot: ['snapshot'], restore: ['restore'], stop: ['stop'], start: ['start'], move: ['move'] },
  },
  {
    engine: 'incus',
    client: 'incus',
    commands: {
      snapshot: ['snapshot', 'create'],
      restore: ['snapshot', 'restore'],
      stop: ['stop'],
      start: ['start'],
      move: ['move'],
    },
  },
];

/** Where a client keeps its configuration and which variables change what it does. */
export interface ClientPlace {
  readonly engine: Action['engine'];
  /** Variable with the directory of the configuration. */
  readonly configVariable: string;
  /** The same below the home directory; a snap has another one than a package. */
  readonly homeDirectories: readonly string[];
  /** Variables with another default remote or project; the first that is set counts. */
  readonly remoteVariables: readonly string[];
  readonly projectVariables: readonly string[];
  /** Variables that name another server, which cannot be looked at. */
  readonly serverVariables: readonly string[];
  /** Set to `1`: no alias is looked up (`main_aliases.go`). */
  readonly aliasVariable: string;
}

const places: Readonly<Record<Action['engine'], ClientPlace>> = {
  lxd: {
    engine: 'lxd',
    configVariable: 'LXD_CONF',
    homeDirectories: ['.config/lxc', 'snap/lxd/common/config'],
    remoteVariables: ['LXC_REMOTE'],
    projectVariables: [],
    serverVariables: ['LXD_DIR', 'LXD_SOCKET', 'LXD_GLOBAL_CONF'],
    aliasVariable: 'LXC_ALIASES',
  },
  incus: {
    engine: 'incus',
    configVariable: 'INCUS_CONF',
    homeDirectories: ['.config/incus'],
    remoteVariables: ['INCUS_REMOTE'],
    projectVariables: ['INCUS_PROJECT'],
    serverVariables: ['INCUS_DIR', 'INCUS_SOCKET', 'INCUS_GLOBAL_CONF'],
    aliasVariable: 'INCUS_ALIASES',
  },
};

/** The client that a command starts, by the name of the program; undefined when it is none that guard knows. */
export function findClient(program: string): ClientPlace | undefined {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const grammar = grammars.find(({ client }) => client === name);
  return grammar && places[grammar.engine];
}

/** Reads a command, word by word as it would be run. Runs nothing. */
export function recognise(argv: readonly string[], settings: ClientSettings): Recognition {
  const [program = '', ...words] = argv;
  const engine = findClient(program)?.engine;
  const grammar = grammars.find((each) => each.engine === engine);
  if (grammar === undefined) {
    return {
      outcome: 'refused',
      reason: `${program} is no client that guard knows`,
      hint: `It takes ${grammars.map(({ client }) => client).join(' and ')}; for sudo write it in front of crdoctor`,
    };
  }
  return recogniseFamily(grammar, words, settings);
}
