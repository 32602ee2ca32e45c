/** Writes a report file in the format of apport (`doc/data-format.md` of apport 2.36). */

/** A text, or something that is packed with gzip already. */
export interface ApportEntry {
  /** Letters, digits, dots, underscores and dashes. */
  readonly key: string;
  readonly value: string | { readonly gzip: Buffer };
}

/** Must be a multiple of four: each line is decoded on its own. */
const base64Columns = 76;

/**
 * `ProblemType` first, texts in the order of their keys, packed values last: that is how apport writes it.
 * Throws when a key is none, or comes twice.
 */
export function renderApportFile(entries: readonly ApportEntry[]): Buffer {
  const keys = new Set<string>();
  for (const { key } of entries) {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(key) || keys.has(key)) throw new Error(`${JSON.stringify(key)} is no key`);
    keys.add(key);
  }
  const rank = ({ key, value }: ApportEntry): number => {
    if (key === 'ProblemType') return 0;
    return typeof value === 'string' ? 1 : 2;
  };
  const sorted = entries.toSorted((left, right) => rank(left) - rank(right) || (left.key < right.key ? -1 : 1));
  return Buffer.concat(sorted.map(renderEntry));
}

function renderEntry({ key, value }: ApportEntry): Buffer {
  if (typeof value !== 'string') {
    const encoded = value.gzip.toString('base64');
    const lines = encoded.match(new RegExp(`.{1,${base64Columns}}`, 'g')) ?? [];
    return Buffer.from(`${key}: base64\n${lines.map((line) => ` ${line}\n`).join('')}`);
  }
  // A line that does not begin with a blank would be a key of its own.
  const lines = value.trimEnd().split(/\r\n|[\r\n]/);
  const [first = ''] = lines;
  // This word as a value would make what follows be decoded.
  const isPlain = lines.length === 1 && first.trim() !== 'base64';
  return Buffer.from(isPlain ? `${key}: ${first.trim()}\n` : `${key}:\n${lines.map((line) => ` ${line}\n`).join('')}`);
}

/** Texts that apport takes for binary, and those that must not reach a terminal as they are. */
export function holdsControls(text: string): boolean {
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text);
}
