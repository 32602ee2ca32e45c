/** Compares the versions in which a defect is gone with those that logs are of. */

import { isAtLeast } from '../parse/version.js';
import type { Fix, Triage } from './finding.js';

export type Versions = Triage['versions'];

/** `5.0.2` of the engine that the logs are about, or the program's part of `incus 6.0.4, liblxc 6.0.4`. */
const engineVersion = (program: string, versions: Versions, engine: string): string | undefined => {
  const text = versions.engine ?? '';
  const named = [...text.matchAll(/([a-z]+) (\d[^\s,;]*)/gi)].find(([, name]) => name?.toLowerCase() === program);
  return named?.[2] ?? (program === engine && /^\d/.test(text) ? text : undefined);
};

const runningOf = (program: string, versions: Versions, engine: string): string | undefined => {
  if (program === 'criu') return versions.criu;
  return program === 'kernel' ? versions.kernel : engineVersion(program, versions, engine);
};

/** One entry for each program that has a version without the defect. */
export const compareFixes = (
  fixedIn: Readonly<Record<string, string>>,
  versions: Versions,
  engine: string,
): readonly Fix[] =>
  Object.entries(fixedIn).map(([program, version]) => {
    const running = runningOf(program, versions, engine);
    const isInRunning = running === undefined ? undefined : isAtLeast(running, version);
    return {
      program,
      fixedIn: version,
      ...(running === undefined ? {} : { running }),
      ...(isInRunning === undefined ? {} : { isInRunning }),
    };
  });
