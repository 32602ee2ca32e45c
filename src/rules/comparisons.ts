/** Functions of the rule language that set two hosts side by side. */

type Entries = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/** A map of facts arrives as it is, or as the Map that the library made of it. */
function entriesOf(map: Entries): readonly (readonly [string, string])[] {
  return isMap(map) ? [...map] : Object.entries(map);
}

function isMap(map: Entries): map is ReadonlyMap<string, string> {
  return map instanceof Map;
}

/** Keys whose number is smaller in the second map; those that only one of them has, or that are no numbers, are left out. */
export function findSmaller(here: Entries, there: Entries): readonly string[] {
  const others = new Map(entriesOf(there));
  return entriesOf(here).flatMap(([key, value]) => (Number(others.get(key)) < Number(value) ? [key] : []));
}

/** These keys of a map with their values: `fs.nr_open 1024`. */
export function pickEntries(map: Entries, keys: readonly string[]): readonly string[] {
  const values = new Map(entriesOf(map));
  return keys.flatMap((key) => (values.has(key) ? [`${key} ${values.get(key) ?? ''}`] : []));
}

/** More names than these are counted instead. */
const shownNames = 12;

/** `a, b and 7 more`; `none` for an empty list. */
export function joinFew(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const hidden = names.length - shownNames;
  return hidden > 1 ? `${names.slice(0, shownNames).join(', ')} and ${String(hidden)} more` : names.join(', ');
}
