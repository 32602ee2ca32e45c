/** What the name of a log tells: whose it is, which half of the work it is about, when it was written. */

import type { RunPhase } from '../parse/log-marks.js';
import type { LogKind } from '../rules/cause.js';

const lastPart = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/** Whose log it is, by the names that engines and manuals give. */
export const kindOfName = (file: string): LogKind | undefined => {
  const name = lastPart(file);
  if (/^(?:dump|pre-dump|restore|criu)\b.*\.log|_(?:dump|pre-dump|restore)_.*\.log|criu-dump\.log/.test(name))
    return 'criu';
  if (/^lxc(?:\.conf)?\.log/.test(name)) return 'lxc';
  if (/^lxd\b.*\.log/.test(name)) return 'lxd';
  if (/^incusd?\b.*\.log/.test(name)) return 'incus';
  return /^(?:dmesg|kern)\b/.test(name) ? 'kernel' : undefined;
};

/** Which half of the work it is about; empty when the name does not say. */
export const phaseOfName = (file: string): { readonly phase?: RunPhase } => {
  const name = lastPart(file);
  if (/(?:^|[-_])(?:pre-)?dump(?:[-_.]|$)/.test(name)) return { phase: 'dump' };
  return /(?:^|[-_])restore(?:[-_.]|$)/.test(name) ? { phase: 'restore' } : {};
};

/** LXD and Incus keep CRIU's logs under the time in RFC 3339 (CollectCRIULogFile in LXD's migrate code). */
const rfc3339 = /_(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))\.log/;

/**
 * When the run ended that a log is of, milliseconds since 1970; undefined when the name does not say.
 *
 *     snapshot_restore_2026-11-20T14:59:05Z.log -> 1795186745000
 */
export const timeOfName = (file: string): number | undefined => {
  const time = Date.parse(rfc3339.exec(lastPart(file))?.[1] ?? '');
  return Number.isNaN(time) ? undefined : time;
};
