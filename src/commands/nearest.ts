/** Finds the names that somebody probably meant. */

/** At most three names that are nearly `wanted`: few letters differ, or one contains the other. Nearest first. */
export function nearest(wanted: string, names: readonly string[]): readonly string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({ name, distance: distanceBetween(wanted, name) }))
    .filter(({ name, distance }) => distance <= limit || (wanted.length >= 4 && name.includes(wanted)))
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein distance: letters to add, drop or change. Names are short; 200 letters tell enough. */
function distanceBetween(left: string, right: string): number {
  const columns = [...right.slice(0, 200)];
  let previous = [0, ...columns.map((_, index) => index + 1)];
  for (const [row, letter] of [...left.slice(0, 200)].entries()) {
    const current = [row + 1];
    for (const [column, other] of columns.entries()) {
      const change = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
