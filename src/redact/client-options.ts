/** Finds passwords that are passed to well known programs by an option of one letter: `mysql -pWORD`. */

import { findAll, hide, isHarmless, markSource, type Edit } from './edits.js';
import { findClosing, findValue, matchAt, type Span } from './value-span.js';

interface Family {
  /** Their names, and of some the subcommand. */
  readonly names: string;
  /** The letter behind the dash. */
  readonly letter: string;
  /** The value begins with the user, and the secret is what stands behind this character. */
  readonly separator?: string;
}

/** From their manual pages (2026). */
const families: readonly Family[] = [
  { names: 'mysql[a-z]*|mariadb[a-z-]*|sshpass|mongo[a-z]*', letter: 'p' },
  { names: '(?:docker|podman|nerdctl|buildah|skopeo)\\s+login', letter: 'p' },
  { names: 'redis-cli', letter: 'a' },
  { names: 'ldap[a-z]+', letter: 'w' },
  { names: 'sqlcmd|bcp', letter: 'P' },
  { names: 'curl', letter: 'u', separator: ':' },
  { names: 'smbclient|rpcclient', letter: 'U', separator: '%' },
];

const patterns = families.map(({ names, letter, separator }) => ({
  client: new RegExp(`(?<![\\w-])(?:${names})(?=\\\\{0,8}["'\\s,])`, 'g'),
  option: new RegExp(`(?<=[\\s"',])-${letter}`, 'g'),
  separator,
}));

const mark = new RegExp(markSource, 'y');

/** The passwords among the words behind such a program, up to the end of its command. */
export function findClientPasswords(line: string): readonly Edit[] {
  return patterns.flatMap(({ client, option, separator }) => {
    const edits: Edit[] = [];
    let done = 0;
    for (const { index } of findAll(client, line)) {
      if (index < done) continue;
      const rest = line.slice(index);
      const end = /[|;&]/.exec(rest)?.index ?? rest.length;
      done = index + end;
      let taken = 0;
      for (const found of findAll(option, rest.slice(0, end))) {
        if (index + found.index < taken) continue;
        const span = secretIn(line, spanAt(line, index + found.index, found[0].length), separator);
        taken = span.end;
        const isMarked = matchAt(mark, line, span.start) !== null;
        if (!isMarked && !isHarmless(line.slice(span.start, span.end)))
          edits.push(hide(span.start, span.end, 'process-arguments'));
      }
    }
    return edits;
  });
}

/** The value of the option that begins at an offset: attached, or the next word, each with quotes or without. */
function spanAt(line: string, at: number, length: number): Span {
  const from = at + length;
  const gap = matchAt(/\\{0,8}["']?[\s,]{1,4}/y, line, from);
  if (gap !== null) {
    const start = from + gap[0].length;
    // Another option, or a redirection: the password is asked for.
    return /[-<>|]/.test(line[start] ?? '') ? { start, end: start } : findValue(line, start, '');
  }
  const quotes = /\\{0,8}["']$/.exec(line.slice(Math.max(0, at - 9), at))?.[0];
  return quotes === undefined ? findValue(line, from, '') : { start: from, end: findClosing(line, from, quotes) };
}

/** Nothing, when there is a user alone. */
function secretIn(line: string, { start, end }: Span, separator: string | undefined): Span {
  if (separator === undefined) return { start, end };
  const at = line.slice(start, end).indexOf(separator);
  return at === -1 ? { start, end: start } : { start: start + at + 1, end };
}
