/** Turns the lines of fdinfo about watches of inotify and marks of fanotify into facts. */

import { placeOf, type HeldDescriptor, type ProcessView } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type WatchFact = NonNullable<NonNullable<InstanceFacts['descriptors']>['watches']>[number];

/**
 * One of each watch (`man 5 proc_pid_fdinfo`):
 *
 *     inotify wd:1 ino:2f sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:2f00000000000000
 *     fanotify mnt_id:12 mflags:40 mask:38 ignored_mask:40000000
 *     fanotify ino:4f969 sdev:800013 mflags:0 mask:3b ignored_mask:40000000 fhandle-bytes:8 …
 *     fanotify sdev:800013 mflags:0 mask:3b ignored_mask:0
 */
export function deriveWatches(view: ProcessView): readonly WatchFact[] {
  const deleted = collectDeleted(view);
  return view.descriptors.flatMap((held) => findWatches(held, view, deleted));
}

function findWatches(held: HeldDescriptor, view: ProcessView, deleted: ReadonlySet<string>): readonly WatchFact[] {
  return held.descriptor.info.flatMap((line) => {
    const [, name, rest = ''] = /^(inotify|fanotify) ((?:wd|mnt_id|ino|sdev):.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const kind = name === 'fanotify' && rest.startsWith('sdev:') ? 'fanotify-filesystem' : name;
    return [{ ...placeOf(held), kind, family: findFamily(rest, held, view), isDeleted: isDeleted(rest, deleted) }];
  });
}

/** Type of the file system behind the device or the mount of a line; empty = it is mounted nowhere here. */
function findFamily(line: string, held: HeldDescriptor, view: ProcessView): string | undefined {
  const device = /(?:^| )sdev:([\da-f]+)/.exec(line)?.[1];
  const mountId = /^mnt_id:([\da-f]+)/.exec(line)?.[1];
  const own = view.tableOf(held.task);
  const tables = own === undefined ? view.tables : [own, ...view.tables];
  for (const { byId } of tables) {
    const mount =
      device === undefined
        ? byId.get(Number.parseInt(mountId ?? '', 16))
        : [...byId.values()].find((each) => each.device === deviceText(Number.parseInt(device, 16)));
    if (mount !== undefined) return mount.type.replace(/\..*$/, '');
  }
  return tables.length > 0 && tables.every(({ isWhole }) => isWhole) ? '' : undefined;
}

/** A file without a name is there only as long as somebody uses it, and CRIU looks for its name. */
function isDeleted(line: string, deleted: ReadonlySet<string>): boolean {
  const [, inode = '', device = ''] = /(?:^| )ino:([\da-f]+) sdev:([\da-f]+)/.exec(line) ?? [];
  return deleted.has(`${deviceText(Number.parseInt(device, 16))} ${String(Number.parseInt(inode, 16))}`);
}

/** Device and inode of all files and directories without a name that the processes use. */
function collectDeleted({ tasks }: ProcessView): ReadonlySet<string> {
  const files = tasks.flatMap(({ descriptors, deletedLinks }) => [
    ...descriptors.map(({ file }) => file),
    ...Object.values(deletedLinks),
  ]);
  return new Set(files.flatMap((file) => (file?.links === 0 ? [`${file.device} ${String(file.inode)}`] : [])));
}

/** The kernel's own form of a device number, which has 20 bits for the minor (linux include/linux/kdev_t.h). */
function deviceText(device: number): string {
  return `${String(Math.floor(device / 2 ** 20))}:${String(device % 2 ** 20)}`;
}
