/** What to do so that evidence which could not be read can be read next time. */

import { idOfLack, isOfTarget } from '../findings/lack-key.js';
import type { EvidenceId } from '../source/source.js';

/** Hints by the beginning of the evidence id; the first that fits is taken. */
const hints: readonly (readonly [prefix: string, hint: string])[] = [
  ['kernel.config', 'give access to the kernel configuration: /proc/config.gz or /boot/config-RELEASE'],
  ['criu.', 'let crdoctor run as root with the criu that the engine uses on the PATH'],
  ['engine.', 'start the daemon of the engine and run crdoctor as root or as a member of its group'],
  ['snap.', 'run crdoctor as root'],
  ['instance.', 'run crdoctor as root while the container is running'],
  ['proc.', 'run crdoctor as root, with /proc mounted'],
  ['sys.', 'run crdoctor as root, with /sys and securityfs mounted'],
  ['cgroup.', 'run crdoctor as root, with the cgroup file systems mounted'],
];

/** One sentence per different remedy, for evidence that is missing. What was read and still does not tell has none. */
export function howToRead(missing: readonly string[], reasons: ReadonlyMap<string, string>): readonly string[] {
  const found = missing.flatMap((id) => {
    const reason = reasons.get(id);
    if (reason === undefined) return [];
    if (isLeftOut(reason) && isOfTwoHosts(idOfLack(id))) return [remedyOfTwoHosts];
    const remedy = remedyFor(idOfLack(id), reason);
    return [isOfTarget(id) ? `on the target, ${remedy}` : remedy];
  });
  return [...new Set(found)];
}

/** Only one report about both hosts, or both hosts themselves, can tell: the clock, and what the instance needs there. */
const remedyOfTwoHosts = 'make one report about both hosts: crdoctor report NAME --to HOST';

function isOfTwoHosts(id: EvidenceId): boolean {
  return id === 'host.clock' || id.startsWith('target.');
}

function isLeftOut(reason: string): boolean {
  return reason.includes('not in the report');
}

function remedyFor(id: EvidenceId, reason: string): string {
  if (reason.includes('could not be reached')) {
    return 'make ssh to it work, or make a report there (crdoctor report) and name that';
  }
  if (isLeftOut(reason)) return 'make it with this release of crdoctor, and without --only';
  if (/after the report was made|missing from the report/.test(reason)) return 'take it as it was made';
  if (/timed[ -]out|took longer|no end within/.test(reason)) return 'allow more time: --timeout SECONDS';
  if (reason.includes('interrupted')) return 'let it run to its end';
  const program = /there is no program ([\w.-]+)/.exec(reason)?.[1];
  if (program !== undefined) return `install ${program} where the engine and crdoctor find it`;
  return hints.find(([prefix]) => id.startsWith(prefix))?.[1] ?? 'run crdoctor as root';
}
