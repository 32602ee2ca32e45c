/** Turns open terminals into facts: which there are, who has their other end, whose session they control. */

import type { FileRecord } from '../parse/task-records.js';
import { placeOf, type HeldDescriptor, type ProcessView } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type TerminalFact = NonNullable<NonNullable<InstanceFacts['descriptors']>['terminals']>[number];

/** BSD pairs, consoles and serial lines, /dev/tty and its like, pairs of devpts, ttyACM, ttyUSB, serial lines of others, hvc. */
const terminalMajors: ReadonlySet<number> = new Set([
  2, 3, 4, 5, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 166, 188, 204, 229,
]);
const firstSlave = 136;
const lastSlave = 143;
const minorsPerSlaveMajor = 256;

interface SeenTerminal {
  readonly held: HeldDescriptor;
  readonly file: FileRecord;
  readonly kind: string;
  /** -1 = none, or not told. */
  readonly index: number;
}

/** True for a character device of a major number of terminals (linux Documentation/admin-guide/devices.txt). */
export function isTerminal({ kind, major }: FileRecord): boolean {
  return kind === 'chr' && terminalMajors.has(major);
}

/** Each once, and again where it is the controlling terminal of some holders and not of others. */
export function deriveTerminals(view: ProcessView): readonly TerminalFact[] {
  const seen = view.tasks.flatMap((task) => task.descriptors.flatMap((descriptor) => describe({ task, descriptor })));
  const masters = seen.filter(({ kind }) => kind === 'master');
  const facts = new Map<string, TerminalFact>();
  for (const terminal of seen) {
    const { held, file, kind, index } = terminal;
    const controlled = numberOf(terminal);
    const isControlling = held.task.stat && isSame(held.task.stat.terminal, controlled);
    const fact: TerminalFact = {
      ...placeOf(held),
      path: held.descriptor.link,
      major: file.major,
      minor: file.minor,
      kind,
      index,
      isMasterInside: kind === 'slave' ? findMaster(terminal, masters, view) : undefined,
      isControlling,
      isLeaderInside: findLeader(terminal, view),
      // The name of a pair in devpts goes with its master.
      isHungUp: kind === 'slave' && held.descriptor.link.endsWith(' (deleted)'),
      external: nameExternal(file),
    };
    const key = [kind, file.device, file.major, file.minor, index, held.descriptor.link, isControlling].join('\n');
    if (!facts.has(key)) facts.set(key, fact);
  }
  return [...facts.values()];
}

function describe(held: HeldDescriptor): readonly SeenTerminal[] {
  const { file, info } = held.descriptor;
  if (file === undefined || !isTerminal(file)) return [];
  const told = info.map((line) => /^tty-index: *(\d+)/.exec(line)?.[1]).find((index) => index !== undefined);
  const kind = kindOf(file);
  const index = kind === 'slave' ? (file.major - firstSlave) * minorsPerSlaveMajor + file.minor : Number(told ?? -1);
  return [{ held, file, kind, index }];
}

function kindOf({ major, minor }: FileRecord): string {
  if (major >= firstSlave && major <= lastSlave) return 'slave';
  if (major === 5 && minor === 2) return 'master';
  if (major === 5 && minor === 1) return 'console';
  if (major === 5 && minor === 0) return 'controlling';
  return major === 4 && minor < 64 ? 'virtual' : 'other';
}

type Numbers = { readonly major: number; readonly minor: number } | undefined;

/** Number of the terminal that a session can have: of a master, that of its slave. */
function numberOf({ kind, file, index, held }: SeenTerminal): Numbers {
  if (kind === 'controlling') return held.task.stat?.terminal;
  if (kind !== 'master') return file;
  if (index < 0) return undefined;
  const step = Math.floor(index / minorsPerSlaveMajor);
  return { major: firstSlave + step, minor: index % minorsPerSlaveMajor };
}

function isSame(left: Numbers, right: Numbers): boolean {
  return left !== undefined && left.major === right?.major && left.minor === right.minor;
}

/** A number stands for one terminal in each mount of devpts; the master opened there lies on the same one. */
function findMaster(
  { index, file }: SeenTerminal,
  masters: readonly SeenTerminal[],
  view: ProcessView,
): boolean | undefined {
  const slaves = view.tables.flatMap(({ byId }) => [...byId.values()].filter(({ type }) => type === 'devpts'));
  const devices = new Set(slaves.map(({ device }) => device));
  const mayBe = (master: SeenTerminal): boolean =>
    !devices.has(master.file.device) || master.file.device === file.device;
  if (masters.some((master) => master.index === index && mayBe(master))) return true;
  if (masters.some((master) => master.index < 0)) return undefined;
  return view.hasAllDescriptors ? false : undefined;
}

function findLeader(terminal: SeenTerminal, view: ProcessView): boolean | undefined {
  const number = numberOf(terminal);
  const sessions = view.tasks.flatMap(({ stat }) => (isSame(stat?.terminal, number) ? [stat?.session] : []));
  const outer = view.tree.terminals?.filter((each) => isSame(each.terminal, number) && isReachable(each.session, view));
  const all = [...sessions, ...(outer ?? []).map(({ session }) => session)];
  if (all.some((session) => session !== undefined && !view.pids.has(session))) return view.isWhole ? false : undefined;
  return all.length > 0 || outer !== undefined ? true : undefined;
}

/** As `--external` of CRIU wants it: both device numbers as stat gives them, in hex (criu/tty.c, get_tty_driver). */
function nameExternal({ major, minor, device }: FileRecord): string {
  const [deviceMajor, deviceMinor] = device.split(':').map(Number);
  if (deviceMajor === undefined || deviceMinor === undefined) return '';
  return `tty[${encodeDevice(major, minor)}:${encodeDevice(deviceMajor, deviceMinor)}]`;
}

/** `man 3 makedev`, for majors below 4096. */
function encodeDevice(major: number, minor: number): string {
  const low = minor % 256;
  return ((minor - low) * 4096 + major * 256 + low).toString(16);
}

/** The same number is another terminal elsewhere: into a container reach only those who were attached to it. */
function isReachable(session: number, { tree, tasks }: ProcessView): boolean {
  const pidLink = tree.ownNamespaces?.['pid'];
  if (pidLink === undefined || tasks[0]?.namespaces['pid'] === pidLink) return true;
  return tree.attached?.some(({ pid }) => pid === session) === true;
}
