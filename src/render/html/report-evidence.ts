/** The evidence of a report: the lines that prove something in their surroundings, and the texts themselves. */

import type { ReportSummary } from '../../report/summary.js';
import type { Artifact } from '../../source/manifest.js';
import { sortByClassicList } from '../classic-list.js';
import { excerptsOf, tellingLines, type LogExcerpt } from '../log-excerpt.js';
import { block, html, nothing, type Html } from './markup.js';
import { logLines } from './prose.js';
import { fileLink, sizeWords } from './report-items.js';

/**
 * Text that one page holds: of one file at most what the report keeps at hand (64 KiB), of all together so many
 * characters. A page with the logs themselves, 10 MB, is slow to open and slower to search; the files lie beside it.
 */
const maxChars = 768 * 1024;

/** The lines around the failure, numbered, those that prove something marked; nothing when no log shows one. */
export function excerptPart(summary: ReportSummary): Html {
  const proofs = new Set(tellingLines(summary.triage).map(({ file, line }) => `${file}:${line}`));
  return html`${excerptsOf(summary).map((excerpt) => excerptOf(excerpt, proofs))}`;
}

function excerptOf({ file, rows }: LogExcerpt, proofs: ReadonlySet<string>): Html {
  const lines = rows.map((row) =>
    row === undefined ? { text: '' } : { line: row.line, text: row.text, isProof: proofs.has(`${file}:${row.line}`) },
  );
  return html`<p class="file">${fileLink(file)}</p>
    ${logLines(lines)}`;
}

/** The texts of the report to be opened one by one: logs first, then in the order of the classic list. */
export function textPart(summary: ReportSummary): Html {
  const proofs = new Map<string, Set<string>>();
  for (const { file, text } of tellingLines(summary.triage)) {
    const known = proofs.get(file) ?? new Set<string>();
    proofs.set(file, known.add(text.trimEnd()));
  }
  let left = maxChars;
  const shown = inOrder(summary).map((artifact) => {
    const text = textOf(summary, artifact);
    if (text === undefined || text === '' || text.length > left) return justLink(artifact);
    left -= text.length;
    return openable(artifact, text, proofs.get(artifact.path ?? '') ?? new Set());
  });
  return shown.length === 0
    ? nothing
    : html`<p>
          Each text can be opened here; of long ones it is the end. The files lie beside this page when the report is
          unpacked.
        </p>
        <div class="texts">${shown}</div>`;
}

function inOrder(summary: ReportSummary): readonly Artifact[] {
  const { items, others } = sortByClassicList(summary.manifest);
  const all = [...items.flatMap(({ artifacts }) => artifacts), ...others].filter(({ path }) => path !== undefined);
  const telling = new Set(tellingLines(summary.triage).map(({ file }) => file));
  const isTelling = ({ path = '' }: Artifact): boolean => telling.has(path);
  return [...all.filter(isTelling), ...all.filter((artifact) => !isTelling(artifact))];
}

function textOf(summary: ReportSummary, { id, side }: Artifact): string | undefined {
  return side === 'target' ? summary.textOf(id, 'target') : summary.textOf(id);
}

function justLink({ path = '', bytes }: Artifact): Html {
  return html`<p>${fileLink(path)}, ${sizeWords(bytes)}</p> `;
}

function openable({ path = '', bytes, status }: Artifact, text: string, proofs: ReadonlySet<string>): Html {
  const isCut = bytes > Buffer.byteLength(text);
  const about = [sizeWords(bytes), ...(isCut ? ['the end of it'] : []), ...(status === 'ok' ? [] : [status])];
  return html`<details class="whole">
    <summary><bdi>${path}</bdi>, ${about.join(', ')}</summary>
    <p>${fileLink(path)}</p>
    <pre>${marked(text, proofs)}</pre>
  </details> `;
}

/** The text as it is, lines that prove something marked. */
function marked(text: string, proofs: ReadonlySet<string>): readonly Html[] {
  if (proofs.size === 0) return [block(text)];
  const pieces: Html[] = [];
  let plain: string[] = [];
  for (const line of text.split('\n')) {
    if (!proofs.has(line.trimEnd())) {
      plain.push(line);
      continue;
    }
    pieces.push(block(plain.map((each) => `${each}\n`).join('')), html`<mark>${block(line)}</mark>${block('\n')}`);
    plain = [];
  }
  return [...pieces, block(plain.join('\n'))];
}
