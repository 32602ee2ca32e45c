/** Estimates how large the images will be and how long the processes will stand still. */

import type { InstanceFacts } from '../facts/schema.js';
import { formatBytes } from '../rules/format-bytes.js';
import type { Note } from './finding.js';

/**
 * What a dump takes, measured with `criu dump --display-stats` of CRIU 4.2.1 in the lab, the best of three each:
 * 1 and 50 processes, 900 pipes in one of them, 600 MiB of memory, images on a disk whose cache has room.
 */
const cost = { startMs: 20, processMs: 10, descriptorMs: 0.15, mebibyteMs: 2.2 } as const;
const mebibyte = 1024 * 1024;

interface Parts {
  readonly privateBytes: number;
  readonly sharedBytes: number;
  readonly temporaryBytes: number;
  readonly deletedBytes: number;
}

/** One line for everybody, and the arithmetic behind it. */
export function estimateNotes(instance: InstanceFacts): readonly Note[] {
  const parts = partsOf(instance);
  if (parts === undefined)
    return [{ topic: 'estimate', text: 'not known, because not all processes could be looked at' }];
  const bytes = parts.privateBytes + parts.sharedBytes + parts.temporaryBytes + parts.deletedBytes;
  const frozen = freezeOf(instance, parts);
  const free = instance.storage?.freeBytes;
  const room = free === undefined ? '' : `, ${formatBytes(free)} free for them`;
  return [
    {
      topic: 'estimate',
      isAlways: true,
      text: `about ${formatBytes(bytes)} of images${room}; frozen for about ${formatSeconds(frozen.ms)}`,
    },
    { topic: 'size of the images', text: explainSize(parts, bytes) },
    { topic: 'frozen time', text: frozen.text },
  ];
}

function partsOf({ memory, descriptors }: InstanceFacts): Parts | undefined {
  const { privateBytes, sharedBytes, temporaryBytes = 0 } = memory ?? {};
  if (privateBytes === undefined || sharedBytes === undefined) return undefined;
  const isInImages = (links: number | undefined): boolean => links === 0;
  const deletedBytes = (descriptors?.deleted ?? [])
    .filter(({ links }) => isInImages(links))
    .reduce((sum, { allocatedBytes = 0 }) => sum + allocatedBytes, 0);
  return { privateBytes, sharedBytes, temporaryBytes, deletedBytes };
}

function explainSize({ privateBytes, sharedBytes, temporaryBytes, deletedBytes }: Parts, bytes: number): string {
  const terms = [
    `${formatBytes(privateBytes)} of anonymous and swapped out memory`,
    `${formatBytes(sharedBytes)} of shared memory`,
    `${formatBytes(temporaryBytes)} in tmpfs mounts (before they are packed)`,
    `${formatBytes(deletedBytes)} of deleted files`,
  ];
  return `about ${formatBytes(bytes)}: ${terms.join(' + ')}`;
}

/** Contents of tmpfs are packed while everything stands still, so they count like memory. */
function freezeOf({ tasks = [], memory }: InstanceFacts, parts: Parts): { readonly ms: number; readonly text: string } {
  const processes = tasks.length;
  const descriptors = memory?.descriptors ?? 0;
  const bytes = parts.privateBytes + parts.sharedBytes + parts.temporaryBytes;
  const mebibytes = bytes / mebibyte;
  const { startMs, processMs, descriptorMs, mebibyteMs } = cost;
  const ms = startMs + processes * processMs + descriptors * descriptorMs + mebibytes * mebibyteMs;
  const terms = [
    `${String(startMs)} ms to begin`,
    `${String(processes)} processes of ${String(processMs)} ms`,
    `${String(descriptors)} descriptors of ${String(descriptorMs)} ms`,
    `${formatBytes(bytes)} at ${String(mebibyteMs)} ms for each MiB`,
  ];
  return {
    ms,
    text: `about ${formatSeconds(ms)}: ${terms.join(' + ')}; a loaded machine or a slow disk takes several times as long`,
  };
}

/** `0.1 s`, `4 s`, `3 min`. */
function formatSeconds(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 120_000 ? `${String(Math.round(ms / 1000))} s` : `${String(Math.round(ms / 60_000))} min`;
}
