/** Reads /proc/PID/status. */

import { parseCapabilities } from './capabilities.js';
import { parseWhole } from './lines.js';

/** Only these, because there are sixty lines and may be thousands of tasks. */
const wanted =
  /^(Name|State|Pid|PPid|TracerPid|Uid|NSpid|NSsid|Threads|RssAnon|RssShmem|VmSwap|SigPnd|ShdPnd|Seccomp|Seccomp_filters|Cpus_allowed|x86_Thread_features):[\t ]*(.*)$/gm;

export interface ProcStatus {
  readonly name: string;
  /** One letter: R S D T t Z X I. */
  readonly state: string;
  readonly pid: number;
  readonly parent: number;
  readonly tracer: number;
  readonly realUid: number;
  readonly effectiveUid: number;
  readonly threads: number;
  /** The pid in each pid namespace from ours inward; undefined on kernels before 4.1. */
  readonly pidsInward: readonly number[] | undefined;
  /** The session id likewise; 0 = its leader is not in that namespace. */
  readonly sessionsInward: readonly number[] | undefined;
  /** Signals that wait for its main thread, or for any of its threads, as a bit mask: SIGHUP is bit 0. */
  readonly pendingSignals: bigint | undefined;
  /** 0 none, 1 strict, 2 filter. */
  readonly seccompMode: number | undefined;
  readonly seccompFilters: number | undefined;
  /** A mask of the processors that it may run on, as it stands. */
  readonly processors: string | undefined;
  /** Features switched on for its threads (x86): shstk, wrss. */
  readonly threadFeatures: readonly string[];
  /** Anonymous and swapped out memory, its own alone. */
  readonly privateBytes: number;
  /** Anonymous, shared and swapped out memory; undefined for tasks without memory of their own. */
  readonly memoryBytes: number | undefined;
}

/**
 * What matters here of the lines (`man 5 proc_pid_status`), undefined when the text is something else:
 *
 *     Name:	a\040name
 *     State:	S (sleeping)
 *     Pid:	4711
 *     PPid:	4700
 *     TracerPid:	0
 *     Uid:	1000000	1000000	1000000	1000000
 *     NSpid:	4711	12
 *     NSsid:	4700	1
 *     RssAnon:	     108 kB
 *     Threads:	1
 */
export function parseProcStatus(text: string): ProcStatus | undefined {
  const fields = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(wanted)) fields.set(key, value.trimEnd());
  const name = fields.get('Name');
  const state = fields.get('State')?.[0];
  const [realUid, effectiveUid] = numbersOf(fields.get('Uid')) ?? [];
  const [pid, parent, threads] = ['Pid', 'PPid', 'Threads'].map((key) => parseWhole(fields.get(key)));
  if (name === undefined || state === undefined || realUid === undefined || effectiveUid === undefined)
    return undefined;
  if (pid === undefined || parent === undefined || threads === undefined) return undefined;
  const sizes = ['RssAnon', 'RssShmem', 'VmSwap'].map((key) => parseWhole(fields.get(key)?.replace(/ kB$/, '')));
  return {
    name: unescapeName(name),
    state,
    pid,
    parent,
    tracer: parseWhole(fields.get('TracerPid')) ?? 0,
    realUid,
    effectiveUid,
    threads,
    pidsInward: numbersOf(fields.get('NSpid')),
    sessionsInward: numbersOf(fields.get('NSsid')),
    pendingSignals: parsePending(fields),
    seccompMode: parseWhole(fields.get('Seccomp')),
    seccompFilters: parseWhole(fields.get('Seccomp_filters')),
    processors: fields.get('Cpus_allowed'),
    threadFeatures: (fields.get('x86_Thread_features') ?? '').split(' ').filter((feature) => feature !== ''),
    privateBytes: ((sizes[0] ?? 0) + (sizes[2] ?? 0)) * 1024,
    memoryBytes: sizes.every((size) => size === undefined)
      ? undefined
      : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) * 1024,
  };
}

function parsePending(fields: ReadonlyMap<string, string>): bigint | undefined {
  const masks = ['SigPnd', 'ShdPnd'].map((key) => parseSignals(fields.get(key)));
  const known = masks.filter((mask) => mask !== undefined);
  return known.length === 0 ? undefined : known.reduce((all, mask) => all | mask, 0n);
}

/** A mask of signals as /proc writes it, hexadecimal. */
export function parseSignals(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[0-9a-f]{1,32}$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

export interface ProcCapabilities {
  readonly effective: readonly string[] | undefined;
  readonly bounding: readonly string[] | undefined;
}

/** The capability sets in the same text: `CapEff:	000001ffffffffff`. */
export function parseProcCapabilities(text: string): ProcCapabilities {
  const read = (key: string): readonly string[] | undefined =>
    parseCapabilities(new RegExp(`^${key}:[\\t ]*([0-9a-f]+)$`, 'm').exec(text)?.[1] ?? '');
  return { effective: read('CapEff'), bounding: read('CapBnd') };
}

function numbersOf(text: string | undefined): readonly number[] | undefined {
  const numbers = text?.split(/\s+/).map(parseWhole);
  const known = numbers?.filter((number) => number !== undefined);
  return known !== undefined && known.length === numbers?.length ? known : undefined;
}

/** The kernel escapes newline and backslash in the name (`fs/proc/array.c`, proc_task_name). */
function unescapeName(name: string): string {
  return name.replaceAll(/\\(n|\\)/g, (_, letter: string) => (letter === 'n' ? '\n' : '\\'));
}
