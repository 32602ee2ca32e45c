/** Replaces the aliases that users of the clients of LXD and Incus define for themselves. */

/**
 * The words behind the program's name with an alias replaced as the clients do it (LXD and Incus
 * `main_aliases.go`, expandAlias): flags may stand before it, `@ARGS@` and `@ARG1@` are filled in, and
 * what an alias stands for is not looked at again. `isExternal`: it stands for another program. Undefined:
 * several aliases fit, and which one the client takes is chance, or the alias names an argument that is not there.
 */
export function replaceAlias(
  argv: readonly string[],
  aliases: Readonly<Record<string, string>>,
): { readonly words: readonly string[]; readonly alias?: string; readonly isExternal?: boolean } | undefined {
  const flagCount = argv.findIndex((word) => !word.startsWith('-'));
  if (flagCount < 0) return { words: argv };
  const words = argv.slice(flagCount);
  const fitting = Object.keys(aliases).filter((alias) => alias.split(' ').every((key, index) => words[index] === key));
  const [alias] = fitting;
  if (alias === undefined) return { words: argv };
  if (fitting.length > 1) return undefined;
  const target = (aliases[alias] ?? '').split(' ');
  if (target[0]?.startsWith('/') === true) return { words: argv, alias, isExternal: true };
  const filled = fillIn(target, words.slice(alias.split(' ').length));
  return filled && { words: [...argv.slice(0, flagCount), ...filled], alias };
}

/** Undefined: the alias names an argument that is not there, which the client refuses. */
function fillIn(target: readonly string[], given: readonly string[]): readonly string[] | undefined {
  const numbered = target.flatMap((word) => [...word.matchAll(/@ARG(\d+)@/g)].map(([, number]) => Number(number)));
  if (numbered.some((number) => number < 1 || number > given.length)) return undefined;
  const others = given.filter((_, index) => !numbered.includes(index + 1));
  const words = target.flatMap((word) =>
    word === '@ARGS@'
      ? others
      : [word.replaceAll(/@ARG(\d+)@/g, (_, number: string) => given[Number(number) - 1] ?? '')],
  );
  return target.includes('@ARGS@') ? words : [...words, ...others];
}
