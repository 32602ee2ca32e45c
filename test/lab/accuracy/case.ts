/** What a case is: a process tree to start, and the options that criu dump is given for it. Never what comes of it. */

export interface Case {
  /** Unique; the thing, what it is in, and the options: `inet tcp-connected --tcp-established`. */
  readonly name: string;
  /** First a program of test/lab/programs or a command of the host. */
  readonly command: readonly string[];
  readonly options: string;
  /** Letters of the namespaces it gets, see box.c; empty = those of the host. */
  readonly namespaces: string;
  /** Has the root file system of the workloads, with programs that the hosts have not. */
  readonly isWorkload?: boolean;
  /** Which criu it is tried with. */
  readonly criu: 'current' | 'older' | 'oldest';
}

/** Things that one program makes, each tried once with each of the options. */
export type Things = Readonly<Record<string, readonly string[]>>;

/** Without any option. */
export const plain = [''];

function nameOf(thing: string, namespaces: string, options: string): string {
  return [thing, namespaces === '' ? '' : `(${namespaces})`, options].filter((part) => part !== '').join(' ');
}

/** Cases of a program of test/lab/programs, optionally in namespaces of their own. */
export function casesOf(program: string, things: Things, namespaces = ''): readonly Case[] {
  return Object.entries(things).flatMap(([thing, choices]) =>
    choices.map((options) => ({
      name: nameOf(`${program} ${thing}`, namespaces, options),
      command: [program, ...thing.split(' ')],
      options,
      namespaces,
      criu: 'current' as const,
    })),
  );
}

/** What every script ends with: it stays, holding nothing of whoever started it. Root of the tree is ROOT if set. */
const READY = 'exec >/dev/null 2>&1; echo "${ROOT:-0}" > "$READY.part"; mv "$READY.part" "$READY"; exec sleep 1000';

/** Cases of shell scripts, which leave with status 77 when the thing cannot be made. */
export function scripts(
  texts: Readonly<Record<string, string>>,
  namespaces = '',
  choices: readonly string[] = plain,
): readonly Case[] {
  return Object.entries(texts).flatMap(([thing, text]) =>
    choices.map((options) => ({
      name: nameOf(thing, namespaces, options),
      command: ['sh', '-c', `set -e\nexec </dev/null\n${text}\n${READY}`],
      options,
      namespaces,
      criu: 'current' as const,
    })),
  );
}

/** The same cases with another criu. */
export function withCriu(criu: 'older' | 'oldest', cases: readonly Case[]): readonly Case[] {
  return cases.map((each) => ({ ...each, criu, name: `${each.name} [${criu} criu]` }));
}
