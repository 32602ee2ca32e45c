/** Reads which file systems the modules of a kernel bring. */

import { splitLines } from './lines.js';

/** Modules that bring file systems under other names than their own (`alias fs-…` in modules.alias of Linux 6.12). */
const typesByModule: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ext4: ['ext4', 'ext3', 'ext2'],
    nfs: ['nfs', 'nfs4'],
    isofs: ['iso9660'],
    cifs: ['cifs', 'smb3'],
    fuse: ['fuse', 'fuseblk', 'fusectl'],
    autofs4: ['autofs'],
    sunrpc: ['rpc_pipefs'],
  }),
);

/** Modules outside of `kernel/fs/` that are file systems. */
const outside = new Set(['zfs', 'aufs', 'shiftfs', 'vboxsf', 'vmhgfs', 'sunrpc']);

/**
 * File system types of the modules on disk, from modules.dep (`man 5 modules.dep`); undefined when it is something else:
 *
 *     kernel/fs/nfs/nfs.ko.xz: kernel/net/sunrpc/sunrpc.ko.xz
 */
export function parseLoadableFilesystems(text: string): readonly string[] | undefined {
  const lines = splitLines(text);
  const paths = lines.flatMap((line) => /^([^:\s]+)\.ko(?:\.\w+)?:/.exec(line)?.[1] ?? []);
  if (paths.length !== lines.length) return undefined;
  return [...new Set(paths.flatMap(typesOf))];
}

function typesOf(path: string): readonly string[] {
  const name = path.slice(path.lastIndexOf('/') + 1).replaceAll('-', '_');
  if (!/(?:^|\/)fs\//.test(path) && !outside.has(name)) return [];
  return typesByModule.get(name) ?? [name];
}
