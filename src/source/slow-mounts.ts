/** Tells paths whose file system may hang for ever: network and FUSE mounts. */

import { readFileSync } from 'node:fs';

/** Types that answer only as long as another process or machine does. */
const slowTypes =
  /^(fuse($|[.])|fuseblk$|nfs|cifs$|smb|9p$|ceph$|glusterfs$|lustre$|afs$|autofs$|ocfs2$|gfs2$|virtiofs$)/;

/** True for a file system type that may hang for ever. */
export function isSlowType(type: string): boolean {
  return slowTypes.test(type);
}

/** True for a path on a mount that may hang. Links are not resolved: resolving them could hang already. */
export type SlowPathTest = (path: string) => boolean;

/**
 * Reads the mount table once. A blocked read would hold a thread of this process, which could then
 * not even exit; paths found here are therefore read by a program that can be killed.
 */
export function findSlowMounts(mountTable = '/proc/self/mountinfo'): SlowPathTest {
  const mounts = parseMounts(readTable(mountTable));
  if (!mounts.some((mount) => mount.slow)) return () => false;
  return (path) => {
    let best: Mount | undefined;
    for (const mount of mounts) {
      // Later lines lie over earlier ones at the same place.
      if (isBelow(path, mount.path) && mount.path.length >= (best?.path.length ?? 0)) best = mount;
    }
    return best?.slow ?? false;
  };
}

interface Mount {
  readonly path: string;
  readonly slow: boolean;
}

function readTable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Without a mount table nothing is known to be slow; the time limit per file still holds.
    return '';
  }
}

function parseMounts(table: string): readonly Mount[] {
  return table.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ', 2);
    const path = before.split(' ')[4];
    const type = after.split(' ', 1)[0] ?? '';
    if (path === undefined) return [];
    const unescaped = path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    return [{ path: unescaped, slow: isSlowType(type) }];
  });
}

function isBelow(path: string, mountPoint: string): boolean {
  return mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
}
