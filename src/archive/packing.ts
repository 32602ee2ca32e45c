/** Which program packed some bytes, told by how they begin, and how to get the plain ones back. */

/** `none`: nothing that is known here. */
export type Packing = 'none' | 'gzip' | 'xz' | 'zstd' | 'bzip2';

const anyByte = -1;
const magics: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // `BZh`, the size of its blocks, then pi for a block or its square root for the end.
  ['bzip2', [0x42, 0x5a, 0x68, anyByte, 0x31, 0x41]],
  ['bzip2', [0x42, 0x5a, 0x68, anyByte, 0x17, 0x72]],
];

/** What the first bytes say. Six are enough. */
export function packingOf(head: Uint8Array): Packing {
  // A frame for programs that know what it means; pzstd begins with one (RFC 8878, 3.1.2).
  const isSkippable = ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  if (isSkippable) return 'zstd';
  return (
    magics.find(([, magic]) => magic.every((byte, index) => byte === anyByte || head[index] === byte))?.[0] ?? 'none'
  );
}

/** Whether it is a zip archive; an empty one has nothing but its end. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

type Unpacker = (pieces: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** Loaded when there is something to unpack: most logs are plain. */
const unpackers: Readonly<Record<Packing, () => Promise<Unpacker>>> = {
  none: () => Promise.resolve((pieces) => pieces),
  gzip: async () => (await import('./unpack-gzip.js')).unpackGzip,
  xz: async () => (await import('./unpack-xz.js')).unpackXz,
  zstd: async () => (await import('./unpack-zstd.js')).unpackZstd,
  bzip2: async () => (await import('./unpack-bzip2.js')).unpackBzip2,
};

/** The plain bytes, as long as the packed ones are good; then it throws an Error with one clause. */
export async function* unpackPieces(packing: Packing, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpackAll = await unpackers[packing]();
  yield* unpackAll(pieces);
}
