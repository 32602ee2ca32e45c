/** Writes names of files, which may be any bytes, as text of one line, and back. */

const backslash = 0x5c;

/**
 * The name with control characters, backslashes and what is no UTF-8 as `\xNN`, byte by byte. Two
 * different names never become the same text.
 */
export function escapeFileName(name: Buffer): string {
  const text = name.toString('utf8');
  const isUtf8 = Buffer.from(text).equals(name);
  if (isUtf8) return text.replaceAll(/[\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escapeBytes);
  return Array.from(name, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== backslash ? String.fromCharCode(byte) : hex(byte),
  ).join('');
}

/** The bytes behind what {@link escapeFileName} wrote. */
export function unescapeFileName(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-f]{2})/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part))),
  );
}

function escapeBytes(character: string): string {
  return Array.from(Buffer.from(character), hex).join('');
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
