/** Turns what both ends of a move are asked into facts. */

import { engines } from '../engines/index.js';
import type { ObservableEngine } from '../engines/engine.js';
import { findPresentEngines } from '../engines/packaging.js';
import { readInstalled } from '../evidence/scout.js';
import { findLevel, registersOfFlags, selectInstructions } from '../parse/cpu-instructions.js';
import { parseCpuRegisters } from '../parse/cpu-registers.js';
import { parseCpuFlags, parseCpuModel } from '../parse/cpuinfo.js';
import { parseFileBlocks, toSysctls, type FileBlock } from '../parse/file-blocks.js';
import { findLargestRange } from '../parse/id-ranges.js';
import { parseLoadableFilesystems } from '../parse/kernel-modules.js';
import { parseWhole } from '../parse/lines.js';
import { parseListing } from '../parse/listing.js';
import { parseMountinfo } from '../parse/mountinfo.js';
import { parseSpace } from '../parse/programs.js';
import { parseSyscalls } from '../parse/syscalls.js';
import type { Evidence } from '../source/source.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { HostFacts } from './schema.js';

type KernelFacts = NonNullable<HostFacts['kernel']>;

/** Which CPU it is, and what of it matters to a process that comes from another one. */
export function deriveCpu(reader: EvidenceReader, machine: string | undefined): NonNullable<HostFacts['cpu']> {
  const flags = reader.read('proc.cpuinfo', parseCpuFlags, { isHeadEnough: true });
  const model = reader.read('proc.cpuinfo', parseCpuModel, { isHeadEnough: true });
  const registers = readRegisters(reader);
  return {
    flags,
    vendor: model?.vendor,
    model: model?.model,
    instructions: machine === undefined ? undefined : flags && selectInstructions(flags, machine),
    level: machine === undefined ? undefined : flags && findLevel(flags, machine),
    registers: registers?.sets ?? (flags && registersOfFlags(flags)),
    xsaveBytes: registers?.bytes,
    xsaveMaxBytes: registers?.maxBytes,
  };
}

/** CRIU writes its log to one of the two, as its configuration says. */
function readRegisters(reader: EvidenceReader): ReturnType<typeof parseCpuRegisters> {
  const answer = reader.find('criu.cpu');
  if (answer === undefined) return undefined;
  const registers = parseCpuRegisters(`${answer.text ?? ''}\n${answer.stderr ?? ''}`);
  if (registers !== undefined) return registers;
  const { status, reason } = answer;
  const why = reason === undefined ? 'it says nothing about the registers of the CPU' : `${status} (${reason})`;
  return reader.miss('criu.cpu', `${answer.origin}: ${why}`);
}

/** Parts of `host.kernel` that are compared. */
export function deriveKernelOfPair(
  reader: EvidenceReader,
): Pick<
  KernelFacts,
  'syscalls' | 'loadableFilesystems' | 'limits' | 'capacities' | 'seccompActions' | 'hasTimeNamespaces'
> {
  const blocks = reader.read('proc.limits', parseFileBlocks);
  const sysctls = blocks && toSysctls(blocks);
  const numbers = Object.entries(sysctls ?? {}).filter(([name, value]) => /^\d+$/.test(value) && !isOther(name));
  const timeNamespaces = blocks?.get('/proc/self/timens_offsets')?.status;
  return {
    syscalls: reader.read('kernel.syscalls', parseSyscalls),
    loadableFilesystems: reader.read('kernel.modules', parseLoadableFilesystems, { whenAbsent: [] }),
    limits: sysctls && Object.fromEntries(numbers.filter(([name]) => !growsWithMemory(name))),
    capacities: sysctls && Object.fromEntries(numbers.filter(([name]) => growsWithMemory(name))),
    seccompActions: sysctls?.['kernel.seccomp.actions_avail']?.split(/\s+/),
    hasTimeNamespaces: isKnown(timeNamespaces) ? timeNamespaces === 'ok' : undefined,
  };
}

function isKnown(status: string | undefined): boolean {
  return status === 'ok' || status === 'absent';
}

/** Sysctls of which less is not worse, and the one that the pids inside are compared with. */
function isOther(name: string): boolean {
  return name === 'vm.overcommit_memory' || name === 'vm.mmap_min_addr' || name === 'kernel.pid_max';
}

/** Sysctls that the kernel sets by the size of the memory as it boots. */
function growsWithMemory(name: string): boolean {
  return /^(?:kernel\.threads-max|fs\.file-max|fs\.inotify\.max_user_watches|user\.max_\w+)$/.test(name);
}

/** All else that is compared. `engine`: whose instance is to be moved. */
export function derivePair(
  reader: EvidenceReader,
  evidence: readonly Evidence[],
  engine: ObservableEngine | undefined,
): Pick<
  HostFacts,
  | 'pageBytes'
  | 'freeHugePages'
  | 'idCount'
  | 'iptablesBackend'
  | 'mountedTypes'
  | 'engines'
  | 'clockAheadS'
  | 'room'
  | 'paths'
> {
  const scouted = ['host.programs', 'host.engines'].every((id) => reader.read(id, () => true) === true);
  return {
    pageBytes: reader.read('host.pagesize', (text) => parseWhole(text.trim())),
    freeHugePages: reader.read('sys.hugepages', (text) => {
      const blocks = parseFileBlocks(text);
      return blocks && readHugePages(blocks);
    }),
    idCount: deriveIdCount(reader),
    iptablesBackend: reader.read('host.iptables', (text) => /^iptables v\S+ \((nf_tables|legacy)\)/.exec(text)?.[1]),
    mountedTypes: reader.read('proc.self.mountinfo', (text) => {
      const mounts = parseMountinfo(text);
      return mounts && [...new Set(mounts.map(({ type }) => type))];
    }),
    engines: scouted ? findPresentEngines(readInstalled(evidence)).map(({ name }) => name) : undefined,
    clockAheadS: deriveClock(reader),
    room: {
      poolBytes: reader.read('target.space', parseSpace)?.availableBytes,
      temporaryBytes: reader.read('host.space.tmp', parseSpace)?.availableBytes,
    },
    paths: engine === undefined || engines[engine].client === undefined ? undefined : derivePaths(reader),
  };
}

function readHugePages(blocks: ReadonlyMap<string, FileBlock>): Readonly<Record<string, string>> {
  const sizes = [...blocks.values()].flatMap(({ status, path, text }) => {
    const size = /hugepages-(\d+kB)\//.exec(path)?.[1];
    return status === 'ok' && size !== undefined ? [[size, text.trim()] as const] : [];
  });
  return Object.fromEntries(sizes);
}

/** What LXD and Incus take where there are no such files (`shared/idmap`, DefaultIdmapSet). */
const idsWithoutFiles = 1_000_000_000;

/** The smaller one of users and groups counts, because both are mapped. */
function deriveIdCount(reader: EvidenceReader): number | undefined {
  const blocks = reader.read('host.idmaps', parseFileBlocks);
  const counts = ['/etc/subuid', '/etc/subgid'].map((path) => {
    const block = blocks?.get(path);
    if (block?.status === 'absent') return idsWithoutFiles;
    return block?.status === 'ok' ? findLargestRange(block.text, ['root', 'lxd', '0']) : undefined;
  });
  const known = counts.filter((count) => count !== undefined);
  return known.length === counts.length ? Math.min(...known) : undefined;
}

/** Seconds by which the clock of the host is ahead of that of crdoctor; `date` cuts fractions off. */
function deriveClock(reader: EvidenceReader): number | undefined {
  const answer = reader.find('host.clock');
  const seconds = reader.read('host.clock', (text) => parseWhole(text.trim()));
  if (answer === undefined || seconds === undefined) return undefined;
  const askedAtMs = Date.parse(answer.startedAt) + answer.durationMs / 2;
  return Math.round((seconds + 0.5 - askedAtMs / 1000) * 10) / 10;
}

/** Paths that are there of those that were asked for. `stat` prints them and complains about the others. */
function derivePaths(reader: EvidenceReader): HostFacts['paths'] {
  const answer = reader.find('target.paths');
  if (answer === undefined) return undefined;
  const isRead = answer.status === 'ok' || (answer.status === 'failed' && answer.exitStatus === 1);
  if (!isRead || /denied|not permitted/i.test(answer.stderr ?? ''))
    return reader.miss('target.paths', `${answer.origin.slice(0, 40)} …: ${answer.reason ?? answer.status}`);
  const found = (answer.text ?? '')
    .split('\n')
    .flatMap((line) => /^[0-9a-f]+ [0-9a-f]+:[0-9a-f]+ (\/.*)$/.exec(line)?.[1] ?? []);
  return found;
}

/** Plugins that a CRIU may load. */
export function derivePlugins(reader: EvidenceReader): readonly string[] | undefined {
  return reader.read(
    'criu.plugins',
    (text) => parseListing(text)?.flatMap(({ name }) => (name.endsWith('.so') ? [name] : [])),
    { whenAbsent: [] },
  );
}
