/** Builds tar archives block by block, so that they can be as wrong as we like. */

import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` directory, `6` fifo, `x` pax. */
  readonly type?: string;
  /** What the header claims, when that is not the truth. */
  readonly size?: number;
  readonly linkTo?: string;
}

/** The blocks of one entry. */
export function tarEntry({ name, content = '', type = '0', size, linkTo = '' }: TarEntry): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  const bytes = size ?? body.length;
  if (bytes < 8 ** 11) header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeUIntBE(bytes, 130, 6);
  }
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(linkTo, 157);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** A pax header that gives the entry behind it a name of any length and with any bytes. */
export function paxName(name: string): Buffer {
  const record = ` path=${name}\n`;
  let length = Buffer.byteLength(record) + 1;
  while (`${length}${record}`.length !== length && Buffer.byteLength(`${length}${record}`) !== length) length += 1;
  return tarEntry({ name: 'pax', type: 'x', content: `${length}${record}` });
}

/** A whole archive. */
export function tar(...entries: readonly (TarEntry | Buffer)[]): Buffer {
  return Buffer.concat([
    ...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : tarEntry(entry))),
    Buffer.alloc(1024),
  ]);
}

export function tarGz(...entries: readonly (TarEntry | Buffer)[]): Buffer {
  return gzipSync(tar(...entries));
}
