/** Remembers secrets that were found where they are called so, and finds them wherever else they stand. */

import { hide, type Redactor } from './edits.js';
import { copiesOf } from './secret-copies.js';
import type { Taken } from './taken-values.js';
import { tellingValues } from './telling-values.js';
import { createValueSearch } from './value-search.js';

export interface KnownValues {
  add(taken: readonly Taken[]): void;
  /** `text`: a document after redaction. What it tells in the open is no secret, whoever uses the same word. */
  keep(text: string): void;
  readonly find: Redactor;
}

/** More values than any configuration has; of a hostile one the first. */
const maxValues = 1000;
/** Shorter ones count only where they are a word by themselves: they may be part of a checksum. */
const minInsideWords = 10;
/** Text in base64 around a secret holds the rest of it, and goes as well. */
const base64Letter = /[A-Za-z0-9+/_=-]/;
const maxRun = 4096;

export function createKnownValues(): KnownValues {
  const certain = new Set<string>();
  const others = new Set<string>();
  const open = new Set<string>();
  let search: Redactor | undefined;
  const remember = (values: Set<string>, value: string): void => {
    if (values.has(value) || certain.size + others.size >= maxValues) return;
    values.add(value);
    search = undefined;
  };
  return {
    add(taken) {
      for (const each of taken) {
        for (const { value, isCertain } of tellingValues(each)) remember(isCertain ? certain : others, value);
      }
    },
    keep(text) {
      for (const value of scalarsOf(text)) {
        if (others.has(value)) search = undefined;
        open.add(value);
      }
    },
    find(text) {
      if (certain.size + others.size === 0) return [];
      search ??= searchFor([...certain, ...[...others].filter((value) => !open.has(value))]);
      return search(text);
    },
  };
}

function* scalarsOf(text: string): Generator<string> {
  const scalar = /"([^"\\\n]{10,200})"|(?:: |- )(?!["'])(\S[^\n]{9,199})$/gm;
  for (const [, quoted, plain] of text.matchAll(scalar)) yield quoted ?? plain ?? '';
}

function searchFor(secrets: readonly string[]): Redactor {
  const copies = secrets.map(copiesOf);
  const packed = new Set(copies.flatMap(({ base64 }) => base64));
  const search = createValueSearch([...packed, ...copies.flatMap(({ plain }) => plain)]);
  return (text) =>
    search(text).flatMap(({ start, end }) => {
      const isPacked = packed.has(text.slice(start, end));
      if (isPacked) return [hide(walkRun(text, start, -1), walkRun(text, end, 1), 'known-value')];
      const isInside = /\w/.test(text[start - 1] ?? '') || /\w/.test(text[end] ?? '');
      return isInside && end - start < minInsideWords ? [] : [hide(start, end, 'known-value')];
    });
}

/** As far as base64 goes. */
function walkRun(text: string, from: number, step: 1 | -1): number {
  let at = from;
  while (Math.abs(at - from) < maxRun && base64Letter.test(text[step === 1 ? at : at - 1] ?? '')) at += step;
  return at;
}
