/** Decides which of the values that were taken out are secrets worth looking for everywhere else. */

import type { RedactionRule } from './ledger.js';
import { isSecretName } from './secret-names.js';
import { isInMarks, type Taken } from './taken-values.js';

/** Rules that take what is called a secret, or looks like one; what others take may be any setting. */
const secretRules: ReadonlySet<RedactionRule> = new Set([
  'secret-option',
  'mount-option',
  'kernel-argument',
  'url-credentials',
  'secret-assignment',
  'authorization-header',
  'token-format',
]);
/** Rules whose values are no secrets of anybody: where a server listens, what somebody wrote on a console. */
const plainRules: ReadonlySet<RedactionRule> = new Set(['server-info', 'description', 'console', 'cut-line']);

/** A value that is to be looked for; one that is not `certain` is let go when it is told in the open elsewhere. */
export interface Telling {
  readonly value: string;
  readonly isCertain: boolean;
}

const least = { certain: 6, other: 10 };
const maxLength = 4096;
/** Of a text of many lines or words. */
const maxPieces = 200;

export function tellingValues({ value, rule }: Taken): readonly Telling[] {
  if (plainRules.has(rule)) return [];
  const isSecret = secretRules.has(rule);
  const whole = value.trim();
  const certain = isSecret ? [whole, ...partsOf(whole, rule)].filter(isCertainSecret) : [];
  const pieces = whole.split(/[\s\0"'=,;:@<>()[\]{}]+/, maxPieces);
  const others = [...whole.split('\n', maxPieces), ...pieces].map((each) => each.trim()).filter(isRandom);
  return [
    ...certain.map((each) => ({ value: each, isCertain: true })),
    ...others.filter((each) => !certain.includes(each)).map((each) => ({ value: each, isCertain: false })),
  ];
}

/** The secret inside: behind the user, behind the scheme, in what is packed in base64. */
function partsOf(value: string, rule: RedactionRule): readonly string[] {
  const word = value.slice(value.lastIndexOf(' ') + 1);
  const secrets = [...behindColon(value, rule), ...(word === value ? [] : [word]), ...insideOf(word)];
  return secrets.flatMap((each) => [each, decodeAddress(each)]);
}

function behindColon(value: string, rule: RedactionRule): readonly string[] {
  return rule === 'url-credentials' && value.includes(':') ? [value.slice(value.indexOf(':') + 1)] : [];
}

/** `user:word` in base64 (RFC 7617, `auths` of docker), and what is secret in JSON in base64 (tokens to join with). */
function insideOf(value: string): readonly string[] {
  if (!/^[\w+/-]{8,}={0,2}$/.test(value)) return [];
  const inside = Buffer.from(value, 'base64').toString('utf8');
  if (inside.startsWith('{')) return secretsOf(inside);
  return /^[\u0020-\u007e]+$/.test(inside) && inside.includes(':') ? [inside.slice(inside.indexOf(':') + 1)] : [];
}

function secretsOf(json: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(json);
    const fields: readonly [string, unknown][] = typeof parsed === 'object' ? Object.entries(parsed ?? {}) : [];
    return fields.flatMap(([name, value]) => (isSecretName(name) && typeof value === 'string' ? [value] : []));
  } catch {
    return [];
  }
}

function decodeAddress(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Not a number, which stands everywhere, and not a plain word such as `password` or `changeme`. */
function isCertainSecret(value: string): boolean {
  const isShort = value.length < least.certain || /^[\d.,:+-]+$/.test(value) || /^[A-Za-z]{1,11}$/.test(value);
  return !isShort && value.length <= maxLength && !isPlace(value) && !isInMarks(value) && !hasMark(value);
}

/** Letters and digits mixed, as nobody names things: no path, address, version, checksum or name with a number. */
function isRandom(value: string): boolean {
  if (value.length < least.other || value.length > maxLength || isPlace(value) || isInMarks(value)) return false;
  if (hasMark(value) || !/[A-Za-z]/.test(value)) return false;
  return isShuffled(value) || (/\d/.test(value) && !isNamed(value));
}

/** Small letters and capitals more mixed than in names of several words. */
function isShuffled(value: string): boolean {
  const changes = value.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g) ?? [];
  return value.length >= 16 && changes.length >= value.length * 0.25;
}

function hasMark(value: string): boolean {
  return value.includes('[redacted:');
}

/** Where things are. */
function isPlace(value: string): boolean {
  return /^(?:\.{0,2}\/[\w./@:+-]*|[a-z][a-z+.-]*:\/\/[^\s@]*)$/.test(value);
}

/** Words and short numbers with marks between them (`web-frontend-01`), versions, checksums, MAC and IP addresses, times. */
function isNamed(value: string): boolean {
  return (
    /^(?:[A-Za-z]+\d{0,3}|v?\d{1,4}|[a-z]\d+)(?:[-_.:/@+~](?:[A-Za-z]+\d{0,3}|v?\d{1,4}|[a-z]\d+))*$/.test(value) ||
    /^v?\d+(?:\.\d+)+[\w.+~:-]*$/.test(value) ||
    /^(?:0x)?[0-9a-f]+(?:[:-][0-9a-f]+)*$/i.test(value) ||
    /^\d{4}-\d\d-\d\dT[\d:.]+/.test(value)
  );
}
