/** What can be written behind --on and --to. */

import { describe, expect, it } from 'vitest';

import { readPlace, readPlaceOf } from '../../src/commands/where-option.js';
import { writeSshAddress } from '../../src/source/ssh-address.js';
import { writeSshArgv } from '../../src/source/ssh.js';

describe('a place', () => {
  it.each([
    [undefined, { kind: 'local' }],
    ['local', { kind: 'local' }],
    ['target:', { kind: 'remote', name: 'target' }],
    ['report.tar.gz', { kind: 'report', path: 'report.tar.gz' }],
    ['./ssh:x', { kind: 'report', path: './ssh:x' }],
    ['dir/name:', { kind: 'report', path: 'dir/name:' }],
    ['ssh:b', { kind: 'ssh', address: { host: 'b' } }],
    ['ssh:root@b.example.org:2222', { kind: 'ssh', address: { user: 'root', host: 'b.example.org', port: 2222 } }],
    ['ssh:me@corp@host', { kind: 'ssh', address: { user: 'me@corp', host: 'host' } }],
    ['ssh:[::1]', { kind: 'ssh', address: { host: '::1' } }],
    ['ssh:u@[fe80::1%eth0]:22', { kind: 'ssh', address: { user: 'u', host: 'fe80::1%eth0', port: 22 } }],
  ])('%s', (where, place) => {
    expect(readPlace('--on', where)).toMatchObject(place);
  });

  it.each([
    ['', /names no place/],
    ['ssh:', /names no host/],
    ['ssh:@', /names no host/],
    ['ssh:me@', /names no host/],
    ['ssh:fe80::1', /cannot be read/],
    ['ssh:-oProxyCommand=reboot', /no name of a host/],
    ['ssh:me@-x', /no name of a host/],
    ['ssh:-l@host', /no name of a user/],
    ['ssh:a b', /no name of a host/],
    ['ssh:a;reboot', /no name of a host/],
    ['ssh:$(reboot)', /no name of a host/],
    ['ssh:a\nb', /no name of a host/],
    ['ssh:[reboot]', /no name of a host/],
    ['ssh:host:0', /port/],
    ['ssh:host:65536', /port/],
    ['ssh:host:', /port/],
    [`ssh:${'a'.repeat(300)}`, /longer/],
  ])('%j is none', (where, message) => {
    expect(() => readPlace('--on', where)).toThrow(message);
  });

  it('may be of a kind that the command cannot look at', () => {
    expect(() => readPlaceOf(['local'], '--to', 'ssh:b')).toThrow(
      /--to ssh:b: this release looks at the local host alone/,
    );
    expect(readPlaceOf(['local', 'ssh'], '--on', 'ssh:b').kind).toBe('ssh');
  });

  it.each(['b', 'root@b:2222', '[::1]:22', 'u@[fe80::1%eth0]'])('%s is written as it was read', (text) => {
    const place = readPlace('--on', `ssh:${text}`);
    expect(place.kind === 'ssh' && writeSshAddress(place.address)).toBe(text);
  });

  it('becomes arguments of ssh, the host behind all options', () => {
    const argv = writeSshArgv({ user: 'me', host: '::1', port: 2222 }, true);
    expect(argv.slice(-7)).toEqual(['-l', 'me', '-p', '2222', '--', '::1', 'exec sudo -n sh']);
    expect(argv).toContain('BatchMode=yes');
  });
});
