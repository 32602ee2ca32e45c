/** The named captures of a log pattern, which conditions and messages may use as variables. */

/** `Can't dump file (?<fd>\d+) of (?<type>\w+)` -> `['fd', 'type']`, each once. */
export function captureNames(pattern: string): readonly string[] {
  return [...new Set([...pattern.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map((match) => match[1] ?? ''))];
}
