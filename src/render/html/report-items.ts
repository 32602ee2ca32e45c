/** What a report holds: the classic list with the status of each item, and what was redacted. */

import type { LedgerEntry } from '../../redact/ledger.js';
import { redactionRules } from '../../redact/ledger.js';
import type { Artifact, Manifest } from '../../source/manifest.js';
import { sortByClassicList } from '../classic-list.js';
import { fateOf, type Fate } from '../report-artifacts.js';
import { html, nothing, type Html } from './markup.js';
import type { Mood } from './page.js';
import { name, table } from './prose.js';

const maxRows = 300;
const command = 'Command and what it displayed';
/** Files named in one row of the redactions. */
const maxFiles = 12;

const moodOfFate: Readonly<Record<Fate, Mood | 'plain'>> = {
  whole: 'good',
  answered: 'risk',
  lacking: 'bad',
  impossible: 'plain',
};

/** A file of the unpacked report, which lies beside the page. */
export function fileLink(path: string): Html {
  const parts = path.split('/');
  // A name that leads elsewhere is no link.
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return name(path);
  return html`<a href="${`./${parts.map(encodePart).join('/')}`}"><bdi>${path}</bdi></a>`;
}

/** A lone surrogate cannot be encoded. */
function encodePart(part: string): string {
  return encodeURIComponent(part.replaceAll(/\p{Cs}/gu, '\ufffd'));
}

/** Everything that bug reports ask for, each with what became of it. */
export function classicTable(manifest: Manifest): Html {
  const action = manifest.artifacts.filter(({ side }) => side === 'action');
  const { items } = sortByClassicList(manifest);
  const rows = [{ title: command, artifacts: action }, ...items].flatMap(({ title, artifacts }) =>
    artifacts.length === 0
      ? [[title, html`<span class="tag plain">${title === command ? 'not told' : 'not asked for'}</span>`, '', '']]
      : artifacts.map((artifact) => artifactRow(title, artifact)),
  );
  return listOf('Each item with what became of it', ['item', 'status', 'file', 'why, or where from'], rows);
}

/** What belongs to no item of the list. */
export function otherTable(manifest: Manifest): Html {
  const others = sortByClassicList(manifest).others.filter(({ side }) => side !== 'action');
  const rows = others.map((artifact) => artifactRow(artifact.id, artifact));
  return rows.length === 0
    ? nothing
    : html`<details class="whole">
        <summary>What else was looked at (${rows.length})</summary>
        ${listOf('What else was looked at', ['what', 'status', 'file', 'why, or where from'], rows)}
      </details>`;
}

type Row = readonly (Html | string)[];

function listOf(caption: string, heads: readonly string[], rows: readonly Row[]): Html {
  const hidden = rows.length - maxRows;
  return html`${table(caption, heads, rows.slice(0, maxRows))}${
    hidden > 0 ? html`<p>and ${hidden} more, see ${name('manifest.json')}</p>` : nothing
  }`;
}

function artifactRow(title: string, artifact: Artifact): Row {
  const { path, stderr, status, bytes, side, reason, origin, exitStatus } = artifact;
  const files = [path, stderr?.path].filter((file) => file !== undefined);
  const exit = exitStatus === undefined || exitStatus === 0 ? '' : `exit status ${exitStatus}`;
  return [
    side === 'target' ? `${title} (target)` : title,
    html`<span class="tag ${moodOfFate[fateOf(artifact)]}">${status}</span>`,
    html`${files.map((file, at) => html`${at > 0 ? ', ' : ''}${fileLink(file)}`)}${files.length === 0 ? '' : ` ${sizeWords(bytes)}`}`,
    reason ?? (exit === '' ? origin : `${exit}: ${origin}`),
  ];
}

/** Bytes as people read them. */
export function sizeWords(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`;
  return bytes < 10_000_000 ? `${Math.round(bytes / 1000)} kB` : `${Math.round(bytes / 1_000_000)} MB`;
}

/** By rule: why, how often, and where. */
export function redactionTable(entries: readonly LedgerEntry[]): Html {
  if (entries.length === 0) return html`<p>Nothing was redacted.</p>`;
  const byRule = new Map<string, { count: number; readonly artifacts: Set<string> }>();
  for (const { rule, count, artifact } of entries) {
    const known = byRule.get(rule) ?? { count: 0, artifacts: new Set<string>() };
    known.count += count;
    known.artifacts.add(artifact);
    byRule.set(rule, known);
  }
  const rows = [...byRule].map(([rule, { count, artifacts }]) => {
    const shown = [...artifacts].slice(0, maxFiles);
    const more = artifacts.size - shown.length;
    return [
      name(rule),
      ruleWords(rule),
      String(count),
      html`${shown.map((id, at) => html`${at > 0 ? ', ' : ''}${name(id)}`)}${more > 0 ? ` and ${more} more` : ''}`,
    ];
  });
  return html`${table('What was taken out; the values are in no file of the report', ['rule', 'takes out', 'count', 'from'], rows)}
    <p class="about">Line by line in ${fileLink('redactions.json')}.</p>`;
}

function ruleWords(rule: string): string {
  const words: Readonly<Record<string, string>> = redactionRules;
  return Object.hasOwn(words, rule) ? (words[rule] ?? '') : '';
}
