/** Tells where an engine was installed from, which moves its directories and its CRIU. */

import type { FileBlock } from '../parse/file-blocks.js';
import type { Engine, ObservableEngine, Packaging } from './engine.js';
import { engines } from './index.js';

/** What was seen of installed engines: programs by name, and marker files by path. */
export interface Installed {
  readonly programs: ReadonlyMap<string, string>;
  readonly traces: ReadonlyMap<string, Pick<FileBlock, 'status'>>;
}

const snapData = '/var/snap/lxd/common/lxd';
/** What Debian's package manager keeps for an installed package. */
const packageLists: Readonly<Record<ObservableEngine, string>> = {
  lxd: '/var/lib/dpkg/info/lxd.list',
  incus: '/var/lib/dpkg/info/incus.list',
  lxc: '/var/lib/dpkg/info/lxc.list',
  criu: '/var/lib/dpkg/info/criu.list',
};

/** Paths whose existence tells which engines are installed, and from where. */
export const tracePaths: readonly string[] = [
  ...Object.values(engines).flatMap((engine) => engine.traces),
  ...Object.values(packageLists),
];

/** CRIU as the snap of LXD carries it; which place depends on the release of the snap. */
export const snapCriuPaths: readonly string[] = ['/snap/lxd/current/criu/criu', '/snap/lxd/current/bin/criu'];

export function findPackaging(engine: ObservableEngine, installed: Installed): Packaging {
  if (engine === 'lxd') {
    const isSnapClient = installed.programs.get('lxc')?.startsWith('/snap/') === true;
    const hasOnlySnapData = exists(installed, snapData) && !exists(installed, '/var/lib/lxd');
    if (isSnapClient || hasOnlySnapData) return 'snap';
  }
  return exists(installed, packageLists[engine]) ? 'deb' : 'other';
}

/** Engines with a client program and a trace of the engine itself: those that may be asked. */
export function findPresentEngines(installed: Installed): readonly Engine[] {
  return Object.values(engines).filter(
    ({ client, traces }) =>
      client !== undefined && installed.programs.has(client) && traces.some((path) => exists(installed, path)),
  );
}

/** Path of the CRIU that the engine's daemon runs: a snap sees its own alone. Undefined: there is none. */
export function findCriu(engine: ObservableEngine | undefined, installed: Installed): string | undefined {
  if (engine === undefined || findPackaging(engine, installed) !== 'snap') return installed.programs.get('criu');
  return snapCriuPaths.find((path) => installed.programs.has(path));
}

/** Whatever the status says but `absent` means that something is there, directories included. */
function exists(installed: Installed, path: string): boolean {
  const status = installed.traces.get(path)?.status;
  return status !== undefined && status !== 'absent';
}
