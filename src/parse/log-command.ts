/** What terminal output tells about who did what: commands typed, and the engines' words around CRIU's. */

import type { EngineName } from '../rules/cause.js';
import type { RunPhase } from './log-marks.js';

export type LoggedOperation = 'dump' | 'restore' | 'migrate' | 'check';

/** What a line tells; each may be missing. */
export interface CommandHint {
  readonly engine?: EngineName;
  readonly operation?: LoggedOperation;
  /** Half of the operation that failed, where the words say it. */
  readonly phase?: RunPhase;
}

interface Hint extends CommandHint {
  readonly pattern: RegExp;
}

/** Commands as people type them (manuals of each program), most telling first. */
const commands: readonly Hint[] = [
  { pattern: /\blxc-checkpoint\b.{0,200} (?:-r|--restore)\b/, engine: 'lxc', operation: 'restore' },
  { pattern: /\blxc-checkpoint\b/, engine: 'lxc', operation: 'dump' },
  { pattern: /\bincus (?:move|mv|copy|cp) /, engine: 'incus', operation: 'migrate' },
  { pattern: /\bincus (?:stop|pause|snapshot create|publish) /, engine: 'incus', operation: 'dump' },
  { pattern: /\bincus (?:start|restore|snapshot restore) /, engine: 'incus', operation: 'restore' },
  { pattern: /\blxc (?:move|mv|copy|cp) /, engine: 'lxd', operation: 'migrate' },
  { pattern: /\blxc (?:stop|pause|snapshot|publish) /, engine: 'lxd', operation: 'dump' },
  { pattern: /\blxc (?:start|restore) /, engine: 'lxd', operation: 'restore' },
  { pattern: /\bdocker checkpoint create\b/, engine: 'docker', operation: 'dump' },
  { pattern: /\bdocker (?:container )?start .{0,200}--checkpoint\b/, engine: 'docker', operation: 'restore' },
  { pattern: /\bpodman\b.{0,400} (?:container )?checkpoint\b/, engine: 'podman', operation: 'dump' },
  { pattern: /\bpodman\b.{0,400} (?:container )?restore\b/, engine: 'podman', operation: 'restore' },
  { pattern: /\b(?:runc|crun)\b.{0,200} checkpoint\b/, engine: 'runc', operation: 'dump' },
  { pattern: /\b(?:runc|crun)\b.{0,200} restore\b/, engine: 'runc', operation: 'restore' },
  { pattern: /\bcriu(?:-ns)? (?:dump|pre-dump)\b/, engine: 'criu', operation: 'dump' },
  { pattern: /\bcriu(?:-ns)? restore\b/, engine: 'criu', operation: 'restore' },
  { pattern: /\bcriu check\b/, engine: 'criu', operation: 'check' },
];

/** Words of the engines themselves. */
const words: readonly Hint[] = [
  { pattern: /\bmigration (?:pre-dump|dump) failed/, operation: 'migrate', phase: 'dump' },
  { pattern: /\bmigration restore failed/, operation: 'migrate', phase: 'restore' },
  {
    pattern: /Error transferring (?:instance|container) data|Failed migration on|migration control target/,
    operation: 'migrate',
  },
  { pattern: /\bsnapshot (?:pre-dump|dump) failed/, operation: 'dump' },
  { pattern: /\bsnapshot restore failed|Failed restoring stateful checkpoint/, operation: 'restore' },
  { pattern: /criu failed: type (?:DUMP|PRE_DUMP)\b|Cannot checkpoint container/, operation: 'dump' },
  { pattern: /criu failed: type RESTORE\b|runtime restore failed/, operation: 'restore' },
  { pattern: /\bincusd?\b|\/var\/(?:lib|log)\/incus|incus_(?:checkpoint|restore)/, engine: 'incus' },
  { pattern: /\bpodman\b|\blibpod\b|overlay-containers\//, engine: 'podman' },
  { pattern: /Error response from daemon|\bdockerd?\b|\/moby\//, engine: 'docker' },
  { pattern: /\blxd\b|\/var\/(?:lib|log|snap)\/lxd|lxd_(?:checkpoint|restore)|`lxc info --show-log/, engine: 'lxd' },
  { pattern: /\bcriu failed: type |\/runc\b|\bcrun\b/, engine: 'runc' },
];

/** Whether a line is a command as somebody typed it, or as a program tells what it runs. */
export const isCommand = (message: string): boolean => commands.some(({ pattern }) => pattern.test(message));

/** What a line of terminal output or of a daemon's log tells about engine and operation. */
export const parseCommandHint = (message: string): CommandHint => {
  const command = commands.find((hint) => hint.pattern.test(message));
  if (command !== undefined) return command;
  const found = words.filter((hint) => hint.pattern.test(message));
  const engine = found.find((hint) => hint.engine !== undefined)?.engine;
  const operation = found.find((hint) => hint.operation !== undefined)?.operation;
  const phase = found.find((hint) => hint.phase !== undefined)?.phase;
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(engine === undefined ? {} : { engine }),
    ...(operation === undefined ? {} : { operation }),
  };
};

/** Paths that only one engine hands to CRIU; a log of CRIU names other programs of the host as well. */
const paths: readonly (readonly [RegExp, EngineName])[] = [
  [/\/var\/lib\/incus\/|\/run\/incus\/|\bincus_(?:checkpoint|restore)_/, 'incus'],
  [/\/var\/(?:snap\/lxd|lib\/lxd)\/|\blxd_(?:checkpoint|restore)_/, 'lxd'],
];

/** Which engine a line of CRIU's own log tells of, by the paths in it. */
export const parseEnginePath = (message: string): CommandHint => {
  const engine = paths.find(([path]) => path.test(message))?.[1];
  return engine === undefined ? {} : { engine };
};
