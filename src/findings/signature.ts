/** The failing line with its variable parts taken out: the same failure gives the same text on every host. */

const subsystem = /^(?:sk )?[a-z0-9_-]{2,20}: (?=\S)/;

/** What varies between two runs of the same failure, most telling first. */
const variables: readonly RegExp[] = [
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
  /(?<![\w.])\.{0,2}\/[^\s,;:()"'`\]]+/g,
  /\b0x[0-9a-f]+\b/gi,
  /\b(?=[a-f]*\d)[0-9a-f]{4,}\b/g,
  /-?\d+(?:\.\d+)*/g,
];

const maxLength = 300;

/**
 * Takes numbers, paths, ids and what the rule captured out of a message. The subsystem in front goes
 * too: older releases do not print it.
 *
 *     inet: Unsupported proto 262 for socket 1e9cd4 -> Unsupported proto {} for socket {}
 */
export const signatureOf = (message: string, captures: Readonly<Record<string, string>> = {}): string => {
  const withoutCaptures = Object.values(captures)
    .filter((value) => value.length > 1)
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, value) => text.replaceAll(value, '{}'), message.replace(subsystem, ''));
  const plain = variables.reduce((text, variable) => text.replace(variable, '{}'), withoutCaptures);
  return plain
    .replaceAll(/(?:\{\}[./-]?)+\{\}/g, '{}')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, maxLength);
};
