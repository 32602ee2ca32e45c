import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readClientSettings } from '../../src/actions/client-settings.js';
import { findClient, type ClientPlace } from '../../src/engines/recognise.js';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
});
afterEach(() => rm(home, { recursive: true }));

function client(program: string): ClientPlace {
  const place = findClient(program);
  if (place === undefined) throw new Error(`${program} is a client`);
  return place;
}

async function configure(directory: string, text: string): Promise<void> {
  await mkdir(join(home, directory), { recursive: true });
  await writeFile(join(home, directory, 'config.yml'), text);
}

const config = `default-remote: b
remotes:
  b: {addr: 'https://10.99.0.2:8443', protocol: lxd, project: web}
  local: {addr: 'unix://', public: false}
aliases: {freeze: stop --stateful}
`;

describe('readClientSettings', () => {
  it('knows the local server where nothing was configured', async () => {
    expect(await readClientSettings(client('lxc'), { HOME: home })).toEqual({
      aliases: {},
      defaultRemote: 'local',
      remotes: { local: { address: 'unix://' } },
    });
  });

  it('reads remotes, the default one and aliases', async () => {
    await configure('.config/lxc', config);
    expect(await readClientSettings(client('/usr/bin/lxc'), { HOME: home })).toEqual({
      aliases: { freeze: 'stop --stateful' },
      defaultRemote: 'b',
      remotes: { local: { address: 'unix://' }, b: { address: 'https://10.99.0.2:8443', project: 'web' } },
    });
  });

  it('lets the environment have the last word', async () => {
    await configure('elsewhere', config);
    const env = { LXD_CONF: join(home, 'elsewhere'), LXC_REMOTE: 'local', LXC_ALIASES: '1' };
    expect(await readClientSettings(client('lxc'), env)).toMatchObject({ defaultRemote: 'local', aliases: {} });
    const incus = { HOME: home, INCUS_REMOTE: 'x', INCUS_PROJECT: 'y' };
    expect(await readClientSettings(client('incus'), incus)).toMatchObject({ defaultRemote: 'x', project: 'y' });
  });

  it.each([
    [{ LXD_DIR: '/srv/lxd' }, /LXD_DIR names another server/],
    [{ LXD_SOCKET: '/run/x' }, /LXD_SOCKET/],
  ])('refuses another server: %j', async (env, message) => {
    await expect(readClientSettings(client('lxc'), { HOME: home, ...env })).rejects.toThrow(message);
  });

  it('refuses what is no configuration, and two that may contradict each other', async () => {
    await configure('.config/lxc', 'aliases: [');
    await expect(readClientSettings(client('lxc'), { HOME: home })).rejects.toThrow(/is not understood/);
    await configure('.config/lxc', config);
    await configure('snap/lxd/common/config', config);
    await expect(readClientSettings(client('lxc'), { HOME: home })).rejects.toThrow(/several configurations/);
  });
});
