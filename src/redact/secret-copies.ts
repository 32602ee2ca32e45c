/** The forms in which a secret may stand elsewhere: as it is, escaped, in base64, hexadecimal, URL-encoded. */

/** Shorter texts are found everywhere by chance. */
const minCopyLength = 6;

/** None shorter than {@link minCopyLength}. */
export interface Copies {
  readonly plain: readonly string[];
  /** The letters of base64 that are made of the secret alone; more of it may stand on both sides. */
  readonly base64: readonly string[];
}

export function copiesOf(secret: string): Copies {
  const isLong = ({ length }: string): boolean => length >= minCopyLength;
  return { plain: plainCopies(secret).filter(isLong), base64: inBase64(secret).filter(isLong) };
}

function plainCopies(secret: string): readonly string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    // In JSON, in JSON that a log quotes, and in quotes of YAML and of a shell.
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", String.raw`'\''`),
    secret.replaceAll(/[ \\]/g, String.raw`\$&`),
    // As mountinfo has them (`man 5 fstab`).
    secret.replaceAll(/[ \t\n\\#]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`),
    ...inAddresses(secret),
    ...inMarkup(secret),
    ...inHexadecimal(secret),
  ];
}

function inAddresses(secret: string): readonly string[] {
  // Half a pair of UTF-16, as JSON may have it, cannot be encoded.
  const usual = encodeURIComponent(Buffer.from(secret).toString('utf8'));
  const strict = usual.replaceAll(/[!'()*~._-]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  const brief = usual.replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return [usual, brief, strict].flatMap((each) => {
    const lower = each.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
    return [each, lower, each.replaceAll('%20', '+'), lower.replaceAll('%20', '+')];
  });
}

function inMarkup(secret: string): readonly string[] {
  const text = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [text, text.replaceAll('"', '&quot;').replaceAll("'", '&#39;')];
}

function inHexadecimal(secret: string): readonly string[] {
  const digits = Buffer.from(secret).toString('hex');
  return [digits, digits.toUpperCase()];
}

/** Base64 depends on what stands before: three alignments, of each the letters that are made of the secret alone. */
function inBase64(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const first = Math.ceil((before * 8) / 6);
    const letters = bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
    return [letters, letters.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
