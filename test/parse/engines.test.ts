import { describe, expect, it } from 'vitest';

import { parseLxcConfig, toLastOptions } from '../../src/parse/lxc-config.js';
import { parseLxcInfo, parseLxcNames, parseSnapFlag } from '../../src/parse/lxc-info.js';
import {
  parseInstance,
  parseInstanceNames,
  parsePools,
  parseServer,
  parseStatePid,
} from '../../src/parse/server-json.js';

describe('parseServer', () => {
  it('reads LXD 5.0', () => {
    const text =
      '{"auth":"trusted","environment":{"driver":"lxc","driver_version":"5.0.2","server":"lxd","server_pid":85,"server_version":"5.0.2"}}';
    expect(parseServer(text)).toEqual({ version: '5.0.2', liblxc: '5.0.2', pid: 85 });
  });

  it('finds liblxc among several drivers', () => {
    const text =
      '{"environment":{"driver":"qemu | lxc","driver_version":"8.2.1 | 6.0.0","server_version":"5.21.2 LTS"}}';
    expect(parseServer(text)).toMatchObject({ version: '5.21.2 LTS', liblxc: '6.0.0' });
  });

  it('knows nothing without trust, and nothing of something else', () => {
    expect(parseServer('{"auth":"untrusted"}')).toEqual({ version: undefined, liblxc: undefined, pid: undefined });
    expect(parseServer('Error: not found')).toBeUndefined();
  });
});

describe('parseInstance', () => {
  const instance = {
    name: 'good',
    type: 'container',
    status: 'Running',
    project: 'default',
    expanded_config: { 'security.privileged': 'true' },
    expanded_devices: { root: { path: '/', pool: 'default', type: 'disk' } },
    state: { pid: 2079, memory: { usage: 1 } },
  };

  it('reads what matters', () => {
    expect(parseInstance(JSON.stringify(instance))).toEqual({
      name: 'good',
      type: 'container',
      status: 'running',
      project: 'default',
      pid: 2079,
      config: instance.expanded_config,
      devices: instance.expanded_devices,
    });
  });

  it('knows no pid of one that is stopped', () => {
    expect(parseInstance(JSON.stringify({ ...instance, status: 'Stopped', state: { pid: 0 } }))?.pid).toBeUndefined();
    expect(parseInstance(JSON.stringify({ ...instance, state: null }))?.pid).toBeUndefined();
    expect(parseStatePid('{"pid": 12}')).toBe(12);
    expect(parseStatePid('{"pid": 0}')).toBeUndefined();
  });

  it.each(['', '[]', '{"name": 3}', '{"name":"x","status":"Running","expanded_config":{"a":{}}}'])(
    '%j is no instance',
    (text) => {
      expect(parseInstance(text)).toBeUndefined();
    },
  );
});

it('reads pools and names', () => {
  expect(parsePools('[{"name":"default","driver":"dir","config":{"source":"/x"}}]')).toEqual([
    { name: 'default', driver: 'dir' },
  ]);
  expect(parseInstanceNames('["/1.0/instances/c1","/1.0/instances/c2?project=p"]')).toEqual(['c1', 'c2']);
});

describe('parseLxcConfig', () => {
  it('keeps every option in its order, and tells which one wins', () => {
    const options = parseLxcConfig(
      'lxc.pty.max = 1024\n# comment\nlxc.apparmor.profile = unconfined\nlxc.mount.entry = a b none bind,x=y 0 0\n\nlxc.pty.max=1\nlxc.apparmor.profile =\n',
    );
    expect(options).toHaveLength(5);
    expect(toLastOptions(options ?? [])).toEqual({
      'lxc.pty.max': '1',
      'lxc.apparmor.profile': '',
      'lxc.mount.entry': 'a b none bind,x=y 0 0',
    });
  });

  it('is undefined for something else', () => {
    expect(parseLxcConfig('lxc.pty.max 1')).toBeUndefined();
    expect(parseLxcConfig('')).toEqual([]);
  });
});

it('reads the tools of plain LXC', () => {
  expect(parseLxcInfo('Name:           p1\nState:          RUNNING\nPID:            4711\n')).toEqual({
    name: 'p1',
    state: 'running',
    pid: 4711,
  });
  expect(parseLxcInfo('Name:           p1\nState:          STOPPED\n')?.pid).toBeUndefined();
  expect(parseLxcInfo("p1 doesn't exist\n")).toBeUndefined();
  expect(parseLxcNames('p1\np2 \n')).toEqual(['p1', 'p2']);
});

it('reads a flag of a snap', () => {
  expect([parseSnapFlag('true\n'), parseSnapFlag('false\n'), parseSnapFlag('')]).toEqual([true, false, undefined]);
});
