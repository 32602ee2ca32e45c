/** Versions out of the files of a sosreport. */

import { describe, expect, it } from 'vitest';

import { mergeHostVersions, parseHostVersions } from '../../src/parse/host-versions.js';

describe('versions of a host', () => {
  it.each([
    ['top/proc/version', 'Linux version 6.1.0-18-amd64 (x@y) (gcc-12) #1 SMP', { kernel: '6.1.0-18-amd64' }],
    [
      'top/sos_commands/kernel/uname_-a',
      'Linux host-a 5.14.0-427.el9.x86_64 #1 SMP',
      { kernel: '5.14.0-427.el9.x86_64' },
    ],
    [
      'top/installed-debs',
      'ii  zlib1g:amd64  1.3\nii  criu   4.1.1-1+deb13u1  amd64  x\nii  lxd  5.0.2-5  amd64',
      { criu: '4.1.1', engine: 'lxd 5.0.2-5' },
    ],
    ['top/installed-debs', 'rc  criu  3.17  amd64\nii  criu-ns  3.18  all', {}],
    ['top/installed-rpms', 'criu-libs-3.19-1.el9.x86_64\ncriu-3.19-1.el9.x86_64    Mon\n', { criu: '3.19' }],
    [
      'top/sos_commands/snap/snap_list_--all',
      'Name  Version  Rev\nlxd   5.21.1-2d13beb  28463  x',
      { engine: 'lxd 5.21.1-2d13beb' },
    ],
    [
      'top/sos_commands/podman/podman_version',
      'Client: Podman Engine\nVersion:      4.9.4-rhel\n',
      { engine: 'podman 4.9.4-rhel' },
    ],
    ['top/proc/version', 'nonsense', {}],
  ])('%s', (name, text, versions) => {
    expect(parseHostVersions(name, text)).toEqual(versions);
  });

  it('takes the first that tells', () => {
    expect(mergeHostVersions([{ kernel: '6.1' }, { kernel: '5.0', criu: '4.0' }])).toEqual({
      kernel: '6.1',
      criu: '4.0',
    });
  });
});
