import { describe, expect, it } from 'vitest';

import { UserError } from '../../src/errors.js';
import { findNearNames } from '../../src/evidence/near-names.js';
import { resolveInstance } from '../../src/evidence/resolve.js';
import { scoutHost } from '../../src/evidence/scout.js';
import { debianWithLxd, failed, fakeSource, lxdInstance, type FakeAnswer } from './fake-source.js';

const query = 'lxc query local:/1.0/instances/c1?recursion=1';
const bothEngines = {
  'host.programs': 'lxc /usr/bin/lxc\nincus /usr/bin/incus\n',
  'host.engines': '== failed /var/lib/lxd\n== failed /var/lib/incus\n',
};
const missing = failed('Error: Instance not found\n');

async function resolve(answers: Record<string, FakeAnswer>, name = 'c1', engine?: string) {
  const source = fakeSource({ ...debianWithLxd, ...answers });
  const scout = await scoutHost(source);
  return await resolveInstance(source, scout, name, { engine });
}

async function complain(answers: Record<string, FakeAnswer>, name = 'c1', engine?: string): Promise<UserError> {
  const error: unknown = await resolve(answers, name, engine).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('resolveInstance', () => {
  it('finds the engine that owns it', async () => {
    const { engine, instance } = await resolve({ [query]: lxdInstance() });
    expect(engine.name).toBe('lxd');
    expect(instance.pid).toBe(812);
  });

  it('asks once more for the pid where the release does not give it at once', async () => {
    const answers = { [query]: lxdInstance({ state: null }), 'lxc query local:/1.0/instances/c1/state': '{"pid": 5}' };
    expect((await resolve(answers)).instance.pid).toBe(5);
  });

  it.each(['../c1', 'a b', '-x', 'a\nb', 'a\ufffd', 'c1/snap', '', '12', 'c1?x=1', 'a'.repeat(64), 'b:c1'])(
    'never asks for the name %j',
    async (name) => {
      const source = fakeSource(debianWithLxd);
      const scout = await scoutHost(source);
      await expect(resolveInstance(source, scout, name)).rejects.toMatchObject({ exitStatus: 2 });
      expect(source.asked).toHaveLength(1);
    },
  );

  it('names what may have been meant', async () => {
    const error = await complain(
      {
        'lxc query local:/1.0/instances/godo?recursion=1': missing,
        'engine.instances': '["/1.0/instances/good","/1.0/instances/other"]',
      },
      'godo',
    );
    expect(error).toMatchObject({ exitStatus: 2, message: 'LXD has no instance "godo"', hint: 'Did you mean good?' });
  });

  it('asks which one when two engines have it', async () => {
    const answers = {
      ...bothEngines,
      [query]: lxdInstance(),
      'incus query local:/1.0/instances/c1?recursion=1': lxdInstance(),
    };
    const error = await complain(answers);
    expect(error).toMatchObject({ exitStatus: 2, hint: 'Say which one is meant: --engine lxd or --engine incus' });
    expect((await resolve(answers, 'c1', 'incus')).engine.name).toBe('incus');
  });

  it.each([
    [
      'Error: Get "http://unix.socket/1.0": dial unix /var/lib/lxd/unix.socket: connect: permission denied',
      'permission',
      'group lxd',
    ],
    [
      'Error: Get "http://unix.socket/1.0": dial unix /var/lib/lxd/unix.socket: connect: connection refused',
      'not running',
      'systemctl start',
    ],
    [
      'Error: Get "http://unix.socket/1.0": dial unix /nope/unix.socket: connect: no such file or directory',
      'not running',
      'systemctl start',
    ],
    ['Error: something new', 'something new', 'yourself'],
  ])('cannot tell: %s', async (stderr, reason, hint) => {
    const error = await complain({ [query]: failed(`${stderr}\n`) });
    expect(error.exitStatus).toBe(5);
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(hint);
  });

  it('cannot tell when the one engine says no and the other one does not answer', async () => {
    const error = await complain({
      ...bothEngines,
      [query]: missing,
      'incus query local:/1.0/instances/c1?recursion=1': { status: 'timed-out' },
    });
    expect(error.exitStatus).toBe(5);
    expect(error.message).toContain('Incus could not be asked');
  });

  it('wants a container that runs', async () => {
    expect(await complain({ [query]: lxdInstance({ type: 'virtual-machine' }) })).toMatchObject({ exitStatus: 2 });
    expect(await complain({ [query]: lxdInstance({ status: 'Stopped', state: { pid: 0 } }) })).toMatchObject({
      exitStatus: 5,
      hint: 'Start it first: lxc start c1',
    });
  });

  it('knows engines that are not here from those that do not exist', async () => {
    expect(await complain({}, 'c1', 'incus')).toMatchObject({ exitStatus: 2, message: 'Incus is not installed here' });
    expect(await complain({}, 'c1', 'docker')).toMatchObject({ exitStatus: 2 });
    expect(await complain({ 'host.programs': '', 'host.engines': '' })).toMatchObject({ exitStatus: 2 });
  });

  it('does not run a client whose engine is not installed', async () => {
    const error = await complain({ 'host.engines': '== absent /var/lib/lxd\n', [query]: lxdInstance() });
    expect(error.message).toBe('no container engine was found on this host');
  });
});

it('finds near names, closest first', () => {
  expect(findNearNames('web', ['web1', 'wev', 'mail', 'web-frontend'])).toEqual(['web1', 'wev', 'web-frontend']);
  expect(findNearNames('x', ['mail'])).toEqual([]);
});

describe('an instance outside of the default project', () => {
  const list = 'lxc query local:/1.0/instances?all-projects=true';
  const inLab = 'lxc query local:/1.0/instances/c1?recursion=1&project=lab';

  it('is found where one project alone has it', async () => {
    const { instance, engine } = await resolve({
      [query]: missing,
      [list]: '["/1.0/instances/c2", "/1.0/instances/c1?project=lab"]',
      [inLab]: JSON.stringify({ name: 'c1', type: 'container', status: 'Running', project: 'lab', state: { pid: 7 } }),
    });
    expect(instance).toMatchObject({ project: 'lab', pid: 7 });
    expect(engine.startCommand('c1')).toBe('lxc start --project=lab c1');
    expect(engine.findPlaces(instance, 'deb').cgroup).toBe('lxc.payload.lab_c1');
  });

  it('is not guessed at where several have it', async () => {
    const several = '["/1.0/instances/c1?project=lab", "/1.0/instances/c1?project=b"]';
    const error = await complain({ [query]: missing, [list]: several });
    expect(error.message).toBe('"c1" is in several projects: "lab", "b" …');
  });
});
