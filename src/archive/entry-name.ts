/** Which names of archive entries are taken, and why others are not. */

const maxNameLength = 1024;

/** The name in plain form (`a/b`), or why it is refused, one clause. */
export type JudgedName =
  | { readonly name: string; readonly refusal?: undefined }
  | { readonly name?: undefined; readonly refusal: string };

/**
 * Takes relative names that stay below where they begin. Nothing is ever written under them, but people
 * unpack what they were sent, and a name that means two things is a name that hides one.
 */
export function judgeEntryName(raw: string): JudgedName {
  if (raw.length > maxNameLength) return { refusal: `the name has more than ${maxNameLength} characters` };
  if (raw.includes('\0')) return { refusal: 'the name holds a NUL' };
  if (raw.includes('\ufffd')) return { refusal: 'the name is no UTF-8' };
  if (/[\u0000-\u001f\u007f-\u009f]/.test(raw)) return { refusal: 'the name holds control characters' };
  if (raw.startsWith('/')) return { refusal: 'the name is absolute' };
  if (raw.includes('\\') || /^[A-Za-z]:/.test(raw)) return { refusal: 'the name is one of Windows' };
  const segments = raw.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return { refusal: 'the name leads out of the archive' };
  return segments.length === 0 ? { refusal: 'the name is empty' } : { name: segments.join('/') };
}
