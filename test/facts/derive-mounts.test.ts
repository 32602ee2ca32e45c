import { describe, expect, it } from 'vitest';

import { deriveMounts, findRootMount, isOtherNamespace } from '../../src/facts/derive-mounts.js';
import { parseMountinfo } from '../../src/parse/mountinfo.js';

/** From a container of LXD 5.0.2 after a restore, shortened. */
const table = `672 668 254:0 /pool/containers/good/rootfs / rw,relatime,idmapped shared:36 - ext4 /dev/vda rw
674 672 0:138 / /dev rw,relatime shared:35 - tmpfs none rw,size=492k,mode=755
676 674 0:45 /net/tun /dev/net/tun rw,nosuid,relatime shared:34 - tmpfs tmpfs rw,mode=755
684 674 0:67 /good /dev/.lxd-mounts rw,relatime master:3 - tmpfs tmpfs rw,size=100k,mode=711
692 672 0:140 / /proc rw,nosuid,nodev,noexec,relatime shared:27 - proc proc rw
694 692 0:140 /sys /proc/sys ro,relatime master:27 - proc proc rw
702 692 0:64 /proc/cpuinfo /proc/cpuinfo rw,nosuid,nodev,relatime shared:23 - fuse.lxcfs lxcfs rw,user_id=0
710 672 254:0 /pool/containers/good/rootfs/srv /mnt rw - ext4 /dev/vda rw
712 672 254:0 /pool/containers/good/rootfs2 /other rw - ext4 /dev/vda rw
`;
const mounts = parseMountinfo(table) ?? [];
const host =
  parseMountinfo('27 1 254:0 / / rw - ext4 /dev/vda rw\n668 27 0:64 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n') ?? [];
const facts = new Map(deriveMounts(mounts, host).map((mount) => [mount.path, mount]));

describe('deriveMounts', () => {
  it('drops what follows the dot of a type', () => {
    expect(facts.get('/proc/cpuinfo')).toMatchObject({ type: 'fuse.lxcfs', family: 'fuse' });
  });

  it.each([
    ['/', true],
    ['/dev', true],
    ['/proc/sys', true],
    ['/mnt', true],
    ['/other', false],
    ['/dev/net/tun', false],
    ['/dev/.lxd-mounts', false],
  ])('root of %s reachable: %s', (path, isRootReachable) => {
    expect(facts.get(path)?.isRootReachable).toBe(isRootReachable);
  });

  it('knows slaves of what is outside from slaves of what is inside', () => {
    expect(facts.get('/dev/.lxd-mounts')).toMatchObject({ master: 3, hasOuterMaster: true });
    expect(facts.get('/proc/sys')).toMatchObject({ master: 27, hasOuterMaster: false });
    expect(facts.get('/dev')).toMatchObject({ master: 0, hasOuterMaster: false });
  });
});

it('finds the root mount', () => {
  expect(findRootMount(mounts)?.options).toContain('idmapped');
});

it('knows what is mounted on the host too', () => {
  expect(['/', '/proc/cpuinfo', '/dev', '/proc'].map((path) => facts.get(path)?.isOnHost)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('tells mount namespaces apart by the numbers of their mounts', () => {
  expect(isOtherNamespace(mounts, host)).toBe(true);
  expect(isOtherNamespace(host, [...host, ...mounts])).toBe(false);
});

describe('mounts of other namespaces', () => {
  const nested =
    parseMountinfo(`900 899 254:0 /pool/containers/good/rootfs / rw master:36 - ext4 /dev/vda rw
901 900 0:138 / /dev rw master:35 - tmpfs none rw
902 900 0:143 / /x rw - ramfs r rw
`) ?? [];
  const all = deriveMounts(mounts, host, [
    { pid: 812, task: 'sleep (pid 812)', mounts: nested },
    { pid: 813, task: 'sh (pid 813)', mounts: nested },
  ]);

  it('are told once, without those that init has too', () => {
    expect(all).toHaveLength(mounts.length + 1);
    expect(all.at(-1)).toMatchObject({
      path: '/x',
      type: 'ramfs',
      namespacePid: 812,
      namespaceTask: 'sleep (pid 812)',
    });
    expect(all[0]).toMatchObject({ path: '/', namespacePid: 0, namespaceTask: '' });
  });

  it('may be slaves of mounts of init', () => {
    const [slave] = parseMountinfo('910 900 0:144 / /y rw master:36 - tmpfs none rw') ?? [];
    const [fact] = deriveMounts(mounts, host, [{ pid: 812, task: 'x', mounts: slave ? [slave] : [] }]).slice(-1);
    expect(fact).toMatchObject({ path: '/y', hasOuterMaster: false });
  });
});
