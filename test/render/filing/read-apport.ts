/** Reads report files of apport, from the description of their format (`doc/data-format.md` of apport). */

import { gunzipSync } from 'node:zlib';

/** Values by their keys, in the order of the file; throws where the format is broken. */
export function readApport(file: Buffer): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const lines = file.toString('utf8').split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  for (let at = 0; at < lines.length;) {
    const [, key = '', first = ''] = /^([A-Za-z0-9._-]+):(.*)$/s.exec(lines[at] ?? '') ?? [];
    if (key === '' || values.has(key)) throw new Error(`line ${at + 1} begins no key: ${lines[at]}`);
    const more: string[] = [];
    for (at += 1; lines[at]?.startsWith(' ') === true; at += 1) more.push((lines[at] ?? '').slice(1));
    values.set(key, first.trim() === 'base64' ? unpack(more) : [first.trim(), ...more].join('\n').replace(/^\n/, ''));
  }
  return values;
}

/** Each line is decoded on its own; together they are one stream. */
function unpack(lines: readonly string[]): string {
  return gunzipSync(Buffer.concat(lines.map((line) => Buffer.from(line, 'base64')))).toString('utf8');
}
