import { chmod, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  chooseStateDirectory,
  createGuard,
  forgetGuard,
  listGuards,
  openStore,
  readRecord,
} from '../../src/actions/guard-store.js';
import type { GuardRecord } from '../../src/actions/guard-record.js';

let directory = '';
const uid = process.geteuid?.();
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'guards-'));
});
afterEach(() => rm(directory, { recursive: true }));

const first: Omit<GuardRecord, 'schema' | 'id'> = {
  crdoctor: '0.1.0',
  command: ['lxc', 'start', 'c1'],
  cwd: '/',
  action: {
    engine: 'lxd',
    kind: 'start',
    instance: 'c1',
    wantsState: true,
    replaces: false,
    project: 'default',
  },
  wish: { force: [] },
  steps: [],
  warnings: [],
  insurances: [],
};

describe('the private directory', () => {
  it('is chosen by who runs it', () => {
    expect(chooseStateDirectory({}, 0, '/')).toBe('/var/lib/crdoctor');
    expect(chooseStateDirectory({ HOME: '/home/a' }, 1000, '/')).toBe('/home/a/.local/state/crdoctor');
    expect(chooseStateDirectory({ HOME: '/home/a', XDG_STATE_HOME: '/s' }, 1000, '/')).toBe('/s/crdoctor');
    expect(chooseStateDirectory({ CRDOCTOR_STATE: 'here' }, 0, '/srv')).toBe('/srv/here');
  });

  it.each(['/tmp/x', '/var/lib/lxd/x', '/dev/shm', '/var/tmp/../tmp'])('is never %s', (path) => {
    expect(() => chooseStateDirectory({ CRDOCTOR_STATE: path }, 0, '/')).toThrow(/not safe/);
  });

  it('is open to nobody else', async () => {
    const root = join(directory, 'state');
    await openStore(root, uid);
    expect((await lstat(root)).mode & 0o777).toBe(0o700);
    await chmod(root, 0o755);
    await expect(openStore(root, uid)).rejects.toThrow(/open to others/);
    await expect(openStore(root, (uid ?? 0) + 1)).rejects.toThrow(/belongs to/);
  });
});

describe('a guard', () => {
  it('is written down step by step and stays until it is forgotten', async () => {
    const store = await openStore(join(directory, 'state'), uid);
    const guard = await createGuard(store, first, new Date('2026-11-20T17:00:00Z'));
    const { id } = guard.record();
    expect(id).toBe('20261120T170000Z-c1');
    await guard.begin('check');
    await guard.begin('run');
    expect((await readRecord(store, id))?.steps.map(({ step }) => step)).toEqual(['check', 'run']);
    const again = await createGuard(store, first, new Date('2026-11-20T17:00:00Z'));
    expect(again.record().id).toBe('20261120T170000Z-c1.2');
    expect((await listGuards(store)).map((each) => each.id)).toEqual([id]);
    await forgetGuard(store, id);
    expect(await listGuards(store)).toEqual([]);
  });

  it.each(['../../etc', '', '.', '20261120T170000Z-c1/..', 'nosuch'])(
    'that does not exist is no path: %j',
    async (id) => {
      const store = await openStore(join(directory, 'state'), uid);
      await mkdir(join(store.root, 'guards', 'nosuch'));
      await expect(forgetGuard(store, id)).rejects.toThrow(/no guard/);
      expect(await readRecord(store, id)).toBeUndefined();
    },
  );
});
