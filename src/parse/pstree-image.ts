/** Reads which processes a checkpoint holds, from CRIU's `pstree.img`. Pids alone are in it, no memory. */

/** IMG_COMMON_MAGIC and PSTREE_MAGIC (CRIU `criu/include/magic.h`; little endian). */
const commonMagic = 0x54564319;
const pstreeMagic = 0x50273030;
const maxProcesses = 100_000;

/**
 * The pids of the processes as they are inside, the first one first; undefined when it is no such image.
 * The two magics are followed by entries of a length (32 bits) and a message (`images/pstree.proto`:
 * field 1 is the pid, a varint).
 */
export function parsePstreeImage(image: Buffer): readonly number[] | undefined {
  if (image.length < 8 || image.readUInt32LE(0) !== commonMagic || image.readUInt32LE(4) !== pstreeMagic) {
    return undefined;
  }
  const pids: number[] = [];
  for (let at = 8; at + 4 <= image.length && pids.length < maxProcesses;) {
    const end = at + 4 + image.readUInt32LE(at);
    if (end > image.length) return undefined;
    const pid = readPid(image.subarray(at + 4, end));
    if (pid === undefined) return undefined;
    pids.push(pid);
    at = end;
  }
  return pids.length === 0 ? undefined : pids;
}

/** Field 1 of type varint is written first, as protobuf-c writes fields in their order. */
function readPid(message: Buffer): number | undefined {
  if (message[0] !== 0x08) return undefined;
  let pid = 0;
  for (let index = 1; index < Math.min(message.length, 6); index += 1) {
    const byte = message[index] ?? 0;
    pid += (byte & 0x7f) * 2 ** (7 * (index - 1));
    if ((byte & 0x80) === 0) return pid;
  }
  return undefined;
}
