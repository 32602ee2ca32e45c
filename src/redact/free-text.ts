/** The last pass, over everything: secrets that can be told by their form or by the words before them. */

import { findAddressCredentials } from './addresses.js';
import { findClientPasswords } from './client-options.js';
import { createEditor, editLines, findAll, hide, isHarmless, mergeEdits, type Edit, type Watch } from './edits.js';
import type { RedactionRule, Tally } from './ledger.js';
import { hintWords } from './hint-words.js';
import { hashForms, tokenForms } from './token-forms.js';
import { findValue, matchAt } from './value-span.js';
import { createWordSearch } from './word-search.js';

/** Names that speak of a secret in prose too, where `key` and `pass` alone mean other things. */
const secretNames =
  'pass(?:word|wd|phrase|code)s?|(?<![a-z])pwd|(?<![a-z])(?:pass|pw|psk)(?=\\s{0,8}=)|secrets?|tokens?|(?:api|access|private|secret|auth|signing|encryption|shared|master|client|account|license|pre-?shared)[_. -]?keys?|(?<![a-z])_?auth(?=\\s{0,8}=\\s{0,8}["\\w])';
/** `_base`, `2`, and what else may follow such a name. */
const suffix = '(?:[_.-]?(?:base|hash|value|data|string|id|[0-9]{1,3}))?';
/** Quotes around a name, as deep as they may be escaped in logs of logs. */
const quote = String.raw`\\{0,8}["']?`;

interface AssignmentPattern {
  readonly rule: RedactionRule;
  /** Matches up to the separator and the blanks behind it; the value is what follows. */
  readonly before: RegExp;
}

const assignments: readonly AssignmentPattern[] = [
  { rule: 'secret-assignment', before: new RegExp(`(?:${secretNames})${suffix}${quote}\\s{0,8}[=:]\\s{0,8}`, 'gi') },
  {
    rule: 'secret-assignment',
    before: new RegExp(`(?<![\\w-])--?(?:pass|[a-z-]{0,40}(?:${secretNames})[a-z-]{0,20})${quote},? {1,4}`, 'gi'),
  },
  { rule: 'secret-assignment', before: new RegExp(`credentials?(?:_?(?:binary|encrypted))?${quote}=`, 'gi') },
  // Sysctls and slices of systemd begin with "user." as well.
  {
    rule: 'config-value',
    before: new RegExp(
      `(?<![\\w/-]|volatile\\.)(?:environment|cloud-init|systemd\\.credential|user(?!\\.(?:slice|max_|conf)))\\.[^\\s=:"'\\\\]{1,200}${quote}\\s{0,4}[=:]\\s{0,4}`,
      'g',
    ),
  },
  { rule: 'config-value', before: /(?<=\s)--env[ =]{1,4}[^\s=]{1,200}=/g },
  { rule: 'environment', before: /(?<!\w)[A-Z][A-Z0-9_]{0,60}_(?:KEYS?|PASS|PW)=/g },
  { rule: 'environment', before: /(?:\blxc\.environment(?:\.\w+)?\s{0,4}|(?<![\w.])Environment)=\s{0,4}/g },
];

interface FormPattern {
  readonly rule: RedactionRule;
  /** The first group stays, the second goes. */
  readonly form: RegExp;
}

const forms: readonly FormPattern[] = [
  {
    rule: 'authorization-header',
    form: /((?:\bauthorization|x-api-key|x-auth-token|cookie)\\{0,8}["']?\s{0,4}[=:]\s{0,4}\\{0,8}["']?)([^"'\\]+)/gi,
  },
  { rule: 'authorization-header', form: /(\bbearer\s{1,4})([\w.~+/=-]{8,})/gi },
  { rule: 'token-format', form: tokenForms },
  { rule: 'token-format', form: hashForms },
  // CRIU writes down the mounts it sees: `type cifs source //user:word@server/share mnt_id …`.
  { rule: 'mount-option', form: /(\btype \S{1,64} source )(\S+)(?=@)/g },
  {
    rule: 'config-value',
    form: /(\bconfig set (?:\S{1,200} ){0,2}(?:user|environment|cloud-init)\.[\w.-]{1,200} {1,4})(.+)/g,
  },
  // Signatures of addresses that open something for whoever has them: S3, Google, Azure.
  { rule: 'token-format', form: /([?&](?:x-(?:amz|goog)-(?:signature|credential)|signature|sig)=)([\w%+/=.-]{16,})/gi },
  // `auth` of docker's config.json: user and password in base64.
  { rule: 'secret-assignment', form: /(\\{0,8}"auth\\{0,8}"\s{0,4}:\s{0,4}\\{0,8}")([\w+/=-]{8,})/g },
  // `.netrc`, and the same words on one line.
  { rule: 'secret-assignment', form: /(\blogin \S{1,200} password )(\S+)/g },
  { rule: 'secret-assignment', form: /(\baws_secret_access_key\s{1,4})(?![=:\s])(\S+)/gi },
  { rule: 'secret-assignment', form: /(--from-literal[= ][^\s=]{1,200}=)(\S+)/g },
  {
    rule: 'secret-assignment',
    form: /((?<![\w-])[A-Za-z_][\w.-]{0,63}:)([^\s"'|:\]]+)(?=["']?\s{0,4}\|\s{0,4}(?:sudo )?chpasswd)/g,
  },
  // `rd.iscsi`.
  { rule: 'kernel-argument', form: /(\bnetroot=\S{0,200}?:)([^\s@]+)(?=@)/g },
  { rule: 'process-arguments', form: /(-pass(?:in|out)?\s{1,4}pass:)(\S+)/g },
  { rule: 'process-arguments', form: /(\bproctitle=)(.+)/g },
  { rule: 'process-arguments', form: /(\bargc=\d{1,6} )(a0=.+)/g },
  { rule: 'process-arguments', form: /(\bCOMMAND=[^\s"]+ )(.+)/g },
  { rule: 'process-arguments', form: /(\bCMD \()([^\n]+)/g },
];

/** What is searched for because most lines have none of it; one of these is on every line that has something to find. */
const findHintWords = createWordSearch(hintWords);
/** At a `$`: a password hash. */
const hashHint = /\$(?:[12567y]|2[abxy]|gy|apr1|scrypt|argon2(?:id?|d)|pbkdf2-sha\d+)\$/y;
/** On a line with an `@`: an address with somebody before it, or such a source of a mount. */
const addressHint = /\/\/(?:[^\s/]*|[^\s/:]*:\S{0,200})@|source \S{0,1000}@/;

/** Offsets of hints, each on the line of what it is for. */
type NextHint = (from: number) => number;

/** Offset of the next of a letter that means something; the length of the text when there is none. */
function searchLetter(text: string, letter: string, isHint: (at: number) => boolean): NextHint {
  let next = -1;
  return (from) => {
    if (next >= from) return next;
    let at = text.indexOf(letter, from);
    while (at !== -1 && !isHint(at)) at = text.indexOf(letter, at + 1);
    next = at === -1 ? text.length : at;
    return next;
  };
}

function searchHints(text: string): NextHint {
  const words = findHintWords(text);
  let word = 0;
  const nextWord: NextHint = (from) => {
    while ((words[word] ?? text.length) < from) word += 1;
    return words[word] ?? text.length;
  };
  // Kept, so that a long line is not looked through for each of them.
  const seen = { lineEnd: -1, isAddress: false };
  const nextAddress = searchLetter(text, '@', (at) => {
    if (at > seen.lineEnd) {
      const newline = text.indexOf('\n', at);
      seen.lineEnd = newline === -1 ? text.length : newline;
      seen.isAddress = addressHint.test(text.slice(text.lastIndexOf('\n', at) + 1, seen.lineEnd));
    }
    return seen.isAddress;
  });
  const nextHash = searchLetter(text, '$', (at) => matchAt(hashHint, text, at) !== null);
  return (from) => Math.min(nextWord(from), nextAddress(from), nextHash(from));
}

/** The text without them; `watch` is told of each line that had some. Lines without a hint cost little more than reading them. */
export function redactFreeText(text: string, tally: Tally, watch?: Watch): string {
  const editor = createEditor(text, tally);
  const nextHint = searchHints(text);
  for (let from = 0; from < text.length;) {
    const hint = nextHint(from);
    if (hint >= text.length) break;
    const start = Math.max(from, text.lastIndexOf('\n', hint) + 1);
    const newline = text.indexOf('\n', hint);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    const edits = mergeEdits(findInLine(line));
    if (edits.length > 0) watch?.(line, edits);
    for (const edit of edits) editor.make({ ...edit, start: edit.start + start, end: edit.end + start });
    from = end + 1;
  }
  return editor.finish();
}

/** The same in a short text, without making the changes. */
export function findFreeText(text: string): readonly Edit[] {
  // Some words want something before them.
  const padded = `\n${text}`;
  return searchHints(padded)(0) < padded.length ? mergeEdits(editLines(text, findInLine)) : [];
}

function findInLine(line: string): readonly Edit[] {
  return [
    ...findAddressCredentials(line),
    ...findClientPasswords(line),
    ...assignments.flatMap((pattern) => findAssigned(line, pattern)),
    ...forms.flatMap((pattern) => findForms(line, pattern)),
  ];
}

function findForms(line: string, { rule, form }: FormPattern): readonly Edit[] {
  return findAll(form, line).flatMap(({ index, 1: before = '', 2: secret = '' }) =>
    isHarmless(secret) ? [] : [hide(index + before.length, index + before.length + secret.length, rule)],
  );
}

function findAssigned(line: string, { rule, before }: AssignmentPattern): readonly Edit[] {
  const edits: Edit[] = [];
  before.lastIndex = 0;
  for (let match = before.exec(line); match !== null; match = before.exec(line)) {
    const value = findValue(line, match.index + match[0].length, match[0]);
    if (value.end <= value.start) continue;
    before.lastIndex = value.end;
    if (!isHarmlessWord(line.slice(value.start, value.end))) edits.push(hide(value.start, value.end, rule));
  }
  return edits;
}

function isHarmlessWord(value: string): boolean {
  return isHarmless(value) || /^(?:true|false|null|nil|none|yes|no|\*+|\(null\))$/i.test(value);
}
