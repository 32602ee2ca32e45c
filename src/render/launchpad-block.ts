/** One artifact in a bug description: where it came from, and as much of it as can be read at a glance. */

import type { Artifact } from '../source/manifest.js';
import { escapeText } from './escape.js';

/** Lines of a description; all escaped. */
export interface Block {
  readonly reference: string;
  /** Left out when there is no room. */
  readonly body: readonly string[];
  /** Shown before anything else gets room. */
  readonly isUrgent?: boolean;
}

/** Of one artifact. What is longer is shown in part. */
const limits = { lines: 60, characters: 4_000 };
const maxReference = 200;
/** Artifacts whose end is the interesting part. */
const endMatters = /log|dmesg|journal|operations|warnings|criu\.check/;
/** Artifacts that are looked up rather than read. */
const onlyNamed =
  /^(?:kernel\.config|engine\.(?:server|instance)|(?:proc\.self|engine)\.mountinfo|instance\.(?:state|snapshot|log)\..*)$/;

/** `tellsSide` for reports of two hosts. The text may be the end of a longer one. */
export function blockOf(artifact: Artifact, text: string | undefined, tellsSide: boolean): Block {
  const { id, side, origin, path, stderr, status, reason, bytes } = artifact;
  const said = stderr === undefined ? 'nothing' : stderr.path;
  const where = path === undefined ? said : `${path}, ${bytes} bytes`;
  const why = reason === undefined ? '' : `: ${reason}`;
  const reference = `${tellsSide ? `[${side}] ` : ''}${origin} (${status}${why}) -> ${where}`;
  return {
    reference: shorten(escapeText(reference)),
    body: text === undefined || text.trim() === '' || onlyNamed.test(id) ? [] : bodyOf(text, endMatters.test(id)),
  };
}

function bodyOf(text: string, keepsEnd: boolean): readonly string[] {
  const lines = withoutExtensions(text.trimEnd().split(/\r?\n/)).map((line) => `  ${escapeText(line)}`);
  const ordered = keepsEnd ? lines.toReversed() : lines;
  const kept: string[] = [];
  let room = limits.characters;
  for (const line of ordered.slice(0, limits.lines)) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  if (kept.length === lines.length) return lines;
  const gap = `  … (${lines.length - kept.length} more lines in the file)`;
  return keepsEnd ? [gap, ...kept.toReversed()] : [...kept, gap];
}

/**
 * Server information without the hundreds of names of API extensions that stand in its middle
 * (`lxc info`: `api_extensions:` and a list of `- name`).
 */
function withoutExtensions(lines: readonly string[]): readonly string[] {
  const begin = lines.findIndex((line) => line === 'api_extensions:');
  if (begin < 0) return lines;
  const behind = lines.slice(begin + 1);
  const end = behind.findIndex((line) => !line.startsWith('- '));
  const count = end < 0 ? behind.length : end;
  return [...lines.slice(0, begin), `api_extensions: (${count} names)`, ...behind.slice(count)];
}

function shorten(text: string): string {
  const points = Array.from(text);
  return points.length > maxReference ? `${points.slice(0, maxReference).join('')}…` : text;
}
