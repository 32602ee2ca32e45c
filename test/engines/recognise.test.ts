import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Action, ClientSettings } from '../../src/engines/action.js';
import { recognise } from '../../src/engines/recognise.js';

const settings: ClientSettings = {
  aliases: {},
  defaultRemote: 'local',
  remotes: {
    local: { address: 'unix://' },
    b: { address: 'https://10.99.0.2:8443', project: 'default' },
  },
};

function read(command: string, changes: Partial<ClientSettings> = {}): Action | string {
  const recognition = recognise(command.split(' '), { ...settings, ...changes });
  return recognition.outcome === 'recognised' ? recognition.action : recognition.reason;
}

const c1 = { engine: 'lxd', instance: 'c1', project: 'default', wantsState: true, replaces: false } as const;

describe('commands that save or restore a state', () => {
  it.each([
    ['lxc stop c1 --stateful', { kind: 'stop' }],
    ['lxc stop --stateful c1', { kind: 'stop' }],
    ['/snap/bin/lxc stop -q c1 --stateful=true --timeout 60', { kind: 'stop' }],
    ['lxc --debug stop c1 --stateful --timeout=60', { kind: 'stop' }],
    ['lxc stop --stateful -- c1', { kind: 'stop' }],
    ['lxc stop local:c1 --stateful', { kind: 'stop' }],
    ['lxc stop --project web c1 --stateful', { kind: 'stop', project: 'web' }],
    ['lxc --project web stop c1 --stateful', { kind: 'stop', project: 'web' }],
    ['lxc --project=web -qv stop c1 --stateful', { kind: 'stop', project: 'web' }],
    ['lxc snapshot c1 --stateful', { kind: 'snapshot' }],
    ['lxc snapshot c1 s1 --stateful --no-expiry', { kind: 'snapshot', snapshot: 's1' }],
    ['lxc snapshot c1 s1 --stateful --reuse', { kind: 'snapshot', snapshot: 's1', replaces: true }],
    ['lxc restore c1 s1 --stateful', { kind: 'restore', snapshot: 's1' }],
    ['lxc restore c1 s1', { kind: 'restore', snapshot: 's1', wantsState: false }],
    ['lxc start c1', { kind: 'start' }],
    ['lxc start c1 --stateless', { kind: 'start', wantsState: false }],
    ['lxc start c1 --stateless=false', { kind: 'start' }],
    ['lxc move c1 b:', { kind: 'move', target: { remote: 'b', instance: 'c1' } }],
    ['lxc -q mv local:c1 b:c9 -s pool --mode push', { kind: 'move', target: { remote: 'b', instance: 'c9' } }],
    ['incus snapshot create c1 s1 --stateful', { engine: 'incus', kind: 'snapshot', snapshot: 's1' }],
    ['incus snapshot restore c1 s1 --stateful', { engine: 'incus', kind: 'restore', snapshot: 's1' }],
    ['incus stop c1 --stateful', { engine: 'incus', kind: 'stop' }],
  ])('%s', (command, expected) => {
    expect(read(command)).toEqual({ ...c1, ...expected });
  });
});

describe('commands that guard does not take', () => {
  it.each([
    ['docker checkpoint create c1 s1', /no client/],
    ['lxc', /none of/],
    ['lxc list', /none of/],
    ['lxc move c1 c2', /does not go to another server/],
    ['lxc move c1', /does not go to another server/],
    ['lxc move c1 local:', /only renames/],
    ['lxc move c1 nosuch:', /no remote nosuch/],
    ['lxc move c1/s1 b:', /is a snapshot/],
    ['lxc move c1 b: --stateless', /leaves the state behind/],
    ['lxc move c1 b: --target n2', /cannot look/],
    ['lxc move b:c1 local:', /another server/],
    ['incus snapshot c1 s1 --stateful', /none of/],
    ['lxc snapshot c1 s1', /without --stateful/],
    ['lxc stop c1', /saves nothing/],
    ['lxc stop c1 --stateful=false', /saves nothing/],
    ['lxc stop c1 --stateful --force', /ends the processes/],
    ['lxc stop c1 -f --stateful', /ends the processes/],
    ['lxc stop c1 c2 --stateful', /several/],
    ['lxc stop --all --stateful', /all instances/],
    ['lxc start c1 --console', /terminal/],
    ['lxc start --help', /prints/],
    ['lxc stop c1 --stateful --newer-option', /--newer-option is not known/],
    ['lxc stop c1 --stateful -x', /-x is not known/],
    ['lxc stop c1 --stateful=maybe', /true or false/],
    ['lxc stop c1 --stateful --project', /needs a value/],
    ['lxc restore c1', /no snapshot/],
    ['lxc stop b:c1 --stateful', /another server/],
    ['lxc stop nosuch:c1 --stateful', /no remote/],
    ['lxc stop c1/s1 --stateful', /is a snapshot/],
    ['lxc stop local: --stateful', /no instance/],
    ['lxc start constructor:c1', /no remote/],
  ])('%s', (command, reason) => {
    expect(read(command)).toMatch(reason);
  });

  it('that go to another server by default', () => {
    expect(read('lxc stop c1 --stateful', { defaultRemote: 'b' })).toMatch(/another server/);
    expect(read('lxc stop local:c1 --stateful', { defaultRemote: 'b' })).toEqual({ ...c1, kind: 'stop' });
    expect(read('lxc --force-local stop c1 --stateful', { defaultRemote: 'b' })).toEqual({ ...c1, kind: 'stop' });
  });

  it('whatever the words are, nothing is thrown and no instance is made up', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('stop', 'start', '--stateful', '--', '-q', '--project', 'c1', 'local:', '-', '='),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const recognition = recognise(['lxc', ...words], settings);
        if (recognition.outcome === 'refused') return recognition.reason !== '';
        return words.some((each) => each.endsWith(recognition.action.instance));
      }),
    );
  });
});

describe('aliases and projects of the client', () => {
  const aliases = {
    freeze: 'stop --stateful',
    'take snap': 'snapshot @ARG1@ before --stateful @ARGS@',
    start: 'start --stateless',
    mine: '/usr/local/bin/mine stop',
    'take it': 'delete @ARG2@',
  };

  it.each([
    ['lxc freeze c1', { kind: 'stop' }],
    ['lxc -q freeze c1', { kind: 'stop' }],
    ['lxc take snap c1 -q', { kind: 'snapshot', snapshot: 'before' }],
    ['lxc start c1', { kind: 'start', wantsState: false }],
  ])('%s', (command, expected) => {
    expect(read(command, { aliases })).toEqual({ ...c1, ...expected });
  });

  it.each([
    ['lxc mine c1', /another program/],
    ['lxc take it c1', /leave open/],
    // The value of --project is where the client looks for the alias.
    ['lxc --project x freeze c1', /none of/],
  ])('%s', (command, reason) => {
    expect(read(command, { aliases })).toMatch(reason);
  });

  it('two that fit are chance', () => {
    expect(read('lxc a b', { aliases: { a: 'stop', 'a b': 'start' } })).toMatch(/leave open/);
  });

  it('the project comes from the command, the environment, the remote', () => {
    const remotes = { local: { address: 'unix://', project: 'web' } };
    expect(read('lxc start c1', { remotes })).toMatchObject({ project: 'web' });
    expect(read('lxc start c1', { remotes, project: 'mail' })).toMatchObject({ project: 'mail' });
    expect(read('lxc start c1 --project x', { remotes, project: 'mail' })).toMatchObject({ project: 'x' });
  });
});
