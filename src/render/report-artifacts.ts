/** What a report holds and what it lacks, as tables of Markdown. */

import { lackKey } from '../findings/lack-key.js';
import type { Artifact, Manifest } from '../source/manifest.js';
import { sortByClassicList } from './classic-list.js';
import { escapeMarkdown, markdownName } from './escape.js';
import { markdownTable } from './markdown.js';
import { howToRead } from './readable.js';

/** More rows than this say nothing to a reader; the manifest has them all. */
const maxRows = 300;
const maxReason = 200;
/** Artifacts named in one row. */
const maxNames = 20;

/** How an artifact fares with a reader: whole, an answer although its command failed, in part or not at all, or none to be had. */
export type Fate = 'whole' | 'answered' | 'lacking' | 'impossible';

/** What became of an artifact. `criu check` for one ends with an error whenever it has something to say. */
export function fateOf({ status, bytes, stderr }: Artifact): Fate {
  if (status === 'ok') return 'whole';
  if (status === 'absent') return 'impossible';
  return status === 'failed' && (bytes > 0 || stderr !== undefined) ? 'answered' : 'lacking';
}

/** The tables of everything that was asked for: the classic list first. */
export function artifactTables(manifest: Manifest): string {
  const { artifacts } = manifest;
  const action = artifacts.filter(({ side }) => side === 'action');
  const { items, others } = sortByClassicList(manifest);
  const listed = items.flatMap(({ title, artifacts: found }) =>
    found.length === 0
      ? [[title, 'not asked for', '', '', '']]
      : found.map((artifact, index) => [index === 0 ? title : '', ...artifactCells(artifact)]),
  );
  const rest = others.filter(({ side }) => side !== 'action');
  return [
    table(
      ['what bug reports ask for', ...heads],
      [...action.map((each) => ['Command', ...artifactCells(each)]), ...listed],
    ),
    rest.length === 0
      ? ''
      : table(
          ['what else was looked at', ...heads],
          rest.map((each) => [nameOf(each), ...artifactCells(each)]),
        ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const heads = ['file', 'status', 'bytes', 'redacted'];

/** Its id, and of two hosts which one. */
function nameOf({ id, side }: Artifact): string {
  return side === 'target' ? `${markdownName(id)} of the target` : markdownName(id);
}

function artifactCells(artifact: Artifact): readonly string[] {
  const { path, stderr, status, bytes, redactions } = artifact;
  const files = [path, stderr?.path].filter((file) => file !== undefined).map(markdownName);
  return [
    files.length === 0 ? `none (${nameOf(artifact)})` : files.join(' and '),
    status,
    files.length === 0 ? '' : String(bytes + (stderr?.bytes ?? 0)),
    redactions === 0 ? '' : String(redactions),
  ];
}

/** What is not there as a whole, and why, and how it could be had; empty when nothing is missing. */
export function missingSection({ artifacts }: Manifest): string {
  // Of the command, a section of its own tells.
  const evidence = artifacts.filter(({ side }) => side !== 'action');
  const withFate = (fate: Fate): readonly Artifact[] => evidence.filter((artifact) => fateOf(artifact) === fate);
  const unread = withFate('lacking');
  const answered = withFate('answered');
  const impossible = withFate('impossible');
  const reasons = new Map(
    unread.map(({ id, side, status, reason }) => [
      keyOf({ id, side }),
      status === 'denied' ? (reason ?? status) : status,
    ]),
  );
  // What a program says about its own failure is an answer; nothing is to be done about it.
  const wanting = unread.filter(({ status }) => status === 'denied' || status === 'timed-out').map(keyOf);
  const hints = howToRead(wanting, reasons).map((hint) => `- ${escapeMarkdown(hint)}`);
  return [
    unread.length === 0 ? '' : `Could not be had, or not all of it:\n\n${reasonTable(unread)}`,
    hints.length === 0 ? '' : `To have it next time:\n\n${hints.join('\n')}`,
    answered.length === 0 ? '' : `Ended with an error, but said something:\n\n${reasonTable(answered)}`,
    impossible.length === 0 ? '' : `Does not exist here:\n\n${reasonTable(impossible)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function keyOf({ id, side }: Pick<Artifact, 'id' | 'side'>): string {
  return side === 'target' ? lackKey('target', id) : id;
}

/** Those that lack for the same reason share a row. */
function reasonTable(artifacts: readonly Artifact[]): string {
  const groups = new Map<string, Artifact[]>();
  for (const artifact of artifacts) {
    const { status, reason, exitStatus, origin } = artifact;
    // Reasons of the system name the path, so these are never the same for two.
    const key = JSON.stringify([status, reason ?? [exitStatus, origin]]);
    groups.set(key, [...(groups.get(key) ?? []), artifact]);
  }
  return table(
    ['what', 'status', 'why', 'read from'],
    [...groups.values()].map((group) => reasonRow(group)),
  );
}

function reasonRow(group: readonly Artifact[]): readonly string[] {
  const [first] = group;
  const names = group.slice(0, maxNames).map(nameOf);
  const more = group.length > maxNames ? ` and ${group.length - maxNames} more` : '';
  const exit = first?.exitStatus === undefined ? '' : `exit status ${first.exitStatus}`;
  const origins = new Set(group.flatMap(({ id, origin }) => (origin === id ? [] : [origin])));
  return [
    `${names.join(', ')}${more}`,
    first?.status ?? '',
    escapeMarkdown(shorten(first?.reason ?? exit)),
    origins.size === 1 ? escapeMarkdown(shorten([...origins].join(''))) : '',
  ];
}

function shorten(text: string): string {
  const points = Array.from(text);
  return points.length > maxReason ? `${points.slice(0, maxReason).join('')}…` : text;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const text = markdownTable(head, rows.slice(0, maxRows));
  return rows.length > maxRows ? `${text}\n\nand ${rows.length - maxRows} more, see \`manifest.json\`` : text;
}
