/** Replaces names of hosts and users by stand-ins: where they stand by rule, and wherever else they are repeated. */

import type { Edit, Redactor } from './edits.js';
import { findPlacedNames, isHostField, isPlainName, type PlacedName } from './name-places.js';
import type { StandIns } from './stand-ins.js';
import { isInMarks } from './taken-values.js';
import { createValueSearch } from './value-search.js';

export interface NameStandIns {
  /** Remembers the names in a text. `id`: of its evidence. */
  learn(id: string, text: string): void;
  learnHost(name: string): void;
  find(id: string, text: string): readonly Edit[];
  /** What becomes of the value of a field; undefined = nothing in particular. */
  inField(field: string): Redactor | undefined;
}

/** Shorter names are words or letters that stand everywhere; they are replaced at their places alone. */
const minSearched = 3;
const maxNames = 2000;
/** What may not stand beside a name that is meant; a dot may, and the names of domains behind it. */
const wordLetter = /[\w-]/;

export function createNameStandIns(standIns: StandIns): NameStandIns {
  const kinds = new Map<string, PlacedName['kind']>();
  let search: ReturnType<typeof createValueSearch> | undefined;
  const remember = (name: string, kind: PlacedName['kind']): void => {
    const isTooMuch = kinds.has(name) || kinds.size >= maxNames || isPlainName(name);
    if (isTooMuch || standIns.of(kind, name) === name) return;
    kinds.set(name, kind);
    search = undefined;
  };
  const learnHost = (name: string): void => {
    remember(name, 'host-name');
    const [first = ''] = name.split('.');
    if (first !== name) remember(first, 'host-name');
  };
  const isSearched = (name: string): boolean => name.length >= minSearched && !isInMarks(name);
  const replace = (start: number, name: string, kind: PlacedName['kind']): readonly Edit[] => {
    const replacement = standIns.of(kind, name);
    return replacement === name ? [] : [{ start, end: start + name.length, replacement, rules: [kind] }];
  };
  return {
    learn(id, text) {
      for (const { kind, name } of findPlacedNames(id, text)) {
        if (kind === 'host-name') learnHost(name);
        else remember(name, kind);
      }
    },
    learnHost,
    find(id, text) {
      const placed = findPlacedNames(id, text).flatMap(({ start, name, kind }) => replace(start, name, kind));
      search ??= createValueSearch([...kinds.keys()].filter(isSearched));
      const repeated = search(text).flatMap(({ start, end }) => {
        const isInside = wordLetter.test(text[start - 1] ?? '') || wordLetter.test(text[end] ?? '');
        const name = text.slice(start, end);
        return isInside ? [] : replace(start, name, kinds.get(name) ?? 'host-name');
      });
      return [...placed, ...repeated];
    },
    inField(field) {
      if (!isHostField(field)) return undefined;
      return (text) => (isPlainName(text) || text === '' ? [] : replace(0, text, 'host-name'));
    },
  };
}
