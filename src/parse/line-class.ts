/** What a log line has in common with the same line of other runs, hosts and releases of CRIU. */

/** A subsystem that newer releases of CRIU put in front: `unix: `, before 3.10 `sk unix: `. */
const subsystem = /^(?:sk )?[a-z0-9_-]{2,20}: \s*(?=\S)/;

/** CRIU's own source files (`BUG at criu/mem.c:12`): before 2.0 they lay in no folder, and their lines move. */
const sourceFile = /\b(?:[\w-]+\/)*([\w-]+\.[ch]):\d+/g;

/** The name of a process, which newer releases add to its number. */
const processName = / ?\(comm:? [^)]{0,64}\)|(?<=\(pid: \d{1,10}) comm: [^)]{0,64}(?=\))/g;

/** What varies between two runs of the same failure, most telling first. */
const variables: readonly RegExp[] = [
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
  // The container, as podman names it.
  /(?<=^Error: ")[^"]+/g,
  // Absolute paths, paths of a mount tree (./x), paths without their first slash (usr/bin/x), temporary names.
  /(?<![\w.}])\.{0,2}\/[^\s,;:()"'`\]]*/g,
  /(?<=^|[\s"'=[(])[\w.@+-]+(?:\/[\w.@+-]+)+/g,
  /\b0x[0-9a-f]+\b/gi,
  // Devices, as smaps writes them.
  /\b[0-9a-f]{2,8}:[0-9a-f]{2,8}\b/g,
  /\b(?=[a-f]*\d)[0-9a-f]+\b/g,
  // Not in ipv4 and ipv6.
  /-?(?<!\bipv)\d+(?:\.\d+)*/g,
];

const maxLength = 300;

/**
 * Takes numbers, paths, ids and the given names out of a message. The subsystem in front goes too:
 * older releases do not print it.
 *
 *     inet: Unsupported proto 262 for socket 1e9cd4 -> Unsupported proto {} for socket {}
 */
export const lineClassOf = (message: string, names: readonly string[] = []): string => {
  const bare = message.replace(subsystem, '').replaceAll(sourceFile, '$1').replaceAll(processName, '');
  const named = names.reduce((rest, name) => rest.replaceAll(name, '{}'), bare);
  const plain = variables.reduce((text, variable) => text.replaceAll(variable, '{}'), named);
  return plain
    .replaceAll(/[.@]?(?:\{\}[./:@-]*)+\{\}/g, '{}')
    .replaceAll(/(?<=^|[\s=([])\.\{\}/g, '{}')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, maxLength);
};
