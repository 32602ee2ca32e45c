/** Turns evidence about a host into facts. */

import type { ObservableEngine } from '../engines/engine.js';
import { findCriu } from '../engines/packaging.js';
import { readInstalled } from '../evidence/scout.js';
import { findCgroupLayout } from '../parse/cgroup-layout.js';
import { parseFileBlocks, toSysctls, type FileBlock } from '../parse/file-blocks.js';
import { parseFilesystems } from '../parse/filesystems.js';
import { parseKernelConfig } from '../parse/kernel-config.js';
import { parseGetconfLibc } from '../parse/maps-libc.js';
import { parseMeminfo } from '../parse/meminfo.js';
import { parseMountinfo } from '../parse/mountinfo.js';
import { parseProcCapabilities, parseProcStatus } from '../parse/proc-status.js';
import { isIdentityMap, parseUidMap } from '../parse/uid-map.js';
import { parseUname } from '../parse/uname.js';
import type { Evidence } from '../source/source.js';
import { deriveCriu } from './derive-criu.js';
import { deriveCpu, deriveKernelOfPair, derivePair, derivePlugins } from './derive-pair.js';
import { deriveServer } from './derive-server.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { HostFacts } from './schema.js';

/** Facts of one host. `engine` decides which CRIU counts. */
export function deriveHost(
  reader: EvidenceReader,
  evidence: readonly Evidence[],
  engine: ObservableEngine | undefined,
): HostFacts {
  const uname = reader.read('host.uname', parseUname);
  const config = reader.read('kernel.config', parseKernelConfig);
  const libc = reader.read('host.libc', parseGetconfLibc);
  const privileges = derivePrivileges(reader);
  const installed = readInstalled(evidence);
  const hasPrograms = reader.read('host.programs', () => true) === true;
  return {
    hostname: uname?.hostname,
    machine: uname?.machine,
    cpu: deriveCpu(reader, uname?.machine),
    kernel: {
      release: reader.read('proc.osrelease', (text) => text.trim() || undefined),
      config,
      filesystems: reader.read('proc.filesystems', parseFilesystems),
      lsm: deriveLsm(reader, config),
      sysctl: reader.read('proc.sysctl', (text) => {
        const blocks = parseFileBlocks(text);
        return blocks && toSysctls(blocks);
      }),
      ...deriveKernelOfPair(reader),
    },
    libc: { name: libc?.name, version: libc?.version },
    criu: {
      ...deriveCriu(reader, {
        isInstalled: hasPrograms ? findCriu(engine, installed) !== undefined : undefined,
        isRoot: privileges.uid === undefined ? undefined : privileges.uid === 0,
      }),
      plugins: derivePlugins(reader),
    },
    programs: hasPrograms ? [...installed.programs.keys()].filter((name) => !name.includes('/')) : undefined,
    privileges,
    ...deriveContainer(reader),
    cgroups: deriveCgroups(reader),
    memory: reader.read('proc.meminfo', parseMeminfo) ?? {},
    bootId: reader.read('host.boot', (text) => /^[0-9a-f-]{36}$/.exec(text.trim())?.[0]),
    apiProblem: deriveApiProblem(reader),
    ...derivePair(reader, evidence, engine),
    server: engine === 'lxd' || engine === 'incus' ? deriveServer(reader) : {},
  };
}

/**
 * The file names all that are active. It is missing where securityfs is not mounted; then the kernel
 * may have been built without any, and AppArmor, the one that matters here, tells of itself in /sys/module.
 */
function deriveLsm(
  reader: EvidenceReader,
  config: Readonly<Record<string, string>> | undefined,
): readonly string[] | undefined {
  const list = reader.find('sys.lsm');
  if (list?.status === 'ok')
    return reader.read('sys.lsm', (text) =>
      text
        .trim()
        .split(',')
        .filter((name) => name !== ''),
    );
  if (list === undefined) return undefined;
  if (config !== undefined && config['CONFIG_SECURITY'] === undefined) return [];
  return reader.read('sys.apparmor', (text) => (text.trim() === 'Y' ? ['apparmor'] : []), { whenAbsent: [] });
}

function derivePrivileges(reader: EvidenceReader): NonNullable<HostFacts['privileges']> {
  const self = reader.read('proc.self.status', parseProcStatus);
  const own = reader.read('proc.self.status', parseProcCapabilities);
  const init = reader.read('proc.init.status', parseProcCapabilities);
  const map = reader.read('proc.self.uid_map', parseUidMap);
  return {
    uid: self?.effectiveUid,
    effective: own?.effective,
    bounding: init?.bounding,
    inUserNamespace: map && !isIdentityMap(map),
  };
}

function deriveApiProblem(reader: EvidenceReader): string {
  const answer = reader.find('target.api');
  if (answer === undefined || answer.status === 'ok' || answer.status === 'truncated') return '';
  const said = answer.stderr?.trim().split('\n').at(-1) ?? '';
  return (said === '' ? (answer.reason ?? answer.status) : said).replace(/^Error: /, '').slice(0, 300);
}

function deriveContainer(reader: EvidenceReader): Pick<HostFacts, 'containedIn' | 'containerMarker'> {
  const blocks = reader.read('host.container', parseFileBlocks);
  if (blocks === undefined) return {};
  const containedIn = findContainer(blocks);
  if (containedIn === undefined) reader.miss('host.container', 'the environment of process 1 could not be read');
  return { containedIn, containerMarker: (containedIn ?? '') === '' ? findMarker(blocks) : '' };
}

/** What the manager told process 1 in its environment, and what systemd there made of it (CONTAINER_INTERFACE). */
function findContainer(blocks: ReadonlyMap<string, FileBlock>): string | undefined {
  const named = blocks.get('/run/systemd/container');
  if (named?.status === 'ok' && named.text.trim() !== '') return named.text.trim();
  const environment = blocks.get('/proc/1/environ');
  if (environment?.status !== 'ok') return undefined;
  return /(?:^|\0)container=([^\0\n]+)/.exec(environment.text)?.[1] ?? '';
}

/** Files of docker and podman; a root file system that was a container once, and now runs a machine, has them too. */
function findMarker(blocks: ReadonlyMap<string, FileBlock>): string {
  if (blocks.get('/run/.containerenv')?.status === 'ok') return 'podman';
  return blocks.get('/.dockerenv')?.status === 'ok' ? 'docker' : '';
}

function deriveCgroups(reader: EvidenceReader): NonNullable<HostFacts['cgroups']> {
  const mounts = reader.read('proc.self.mountinfo', parseMountinfo);
  const found = mounts && findCgroupLayout(mounts);
  return {
    layout: found?.layout,
    freezerPath: found?.freezerPath,
    unifiedControllers: reader.read(
      'cgroup.controllers',
      (text) =>
        text
          .trim()
          .split(/\s+/)
          .filter((name) => name !== ''),
      {
        whenAbsent: [],
      },
    ),
  };
}
