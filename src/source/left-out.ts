/** Says in one line what was left out of a place, however much it was. */

const maxNames = 3;

export interface LeftOut {
  /** `why`: one clause. */
  add(name: string, why: string): void;
  /** Undefined when nothing was. Names in it are untrusted. */
  tell(): string | undefined;
}

/** `place`: the archive or directory as the user knows it. */
export function createLeftOut(place: string): LeftOut {
  const names = new Map<string, string[]>();
  let total = 0;
  let shown = 0;
  return {
    add(name, why) {
      total += 1;
      if (shown >= maxNames) return;
      shown += 1;
      names.set(why, [...(names.get(why) ?? []), name.length <= 120 ? name : `…${name.slice(-120)}`]);
    },
    tell() {
      if (total === 0) return undefined;
      const told = [...names].map(([why, which]) => `${which.join(', ')} (${why})`).join(', ');
      return `${place}: left out: ${told}${total > shown ? ` and ${total - shown} more` : ''}`;
    },
  };
}
