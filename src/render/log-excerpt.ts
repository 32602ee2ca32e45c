/** Cuts the lines around a failure out of the logs of a report, numbered as they are in their files. */

import type { LogLine, Triage } from '../findings/finding.js';
import type { ReportSummary } from '../report/summary.js';

/** A part of a log: lines in their order, undefined where some are left out. */
export interface LogExcerpt {
  /** Path below the top folder of the report. Untrusted. */
  readonly file: string;
  readonly rows: readonly (ExcerptRow | undefined)[];
}

/** A line, 1-based. `text` is untrusted. */
export interface ExcerptRow {
  readonly line: number;
  readonly text: string;
}

const maxFiles = 3;
/** Lines of one log that the triage names, at most. */
const maxKnown = 12;
/** Lines shown around the line that tells the cause, and around the others that belong to it. */
const aroundRoot = { before: 10, after: 3 };
const aroundOthers = { before: 1, after: 1 };
/** Of the error lines of a log, so many from its beginning and from its end. */
const errorLines = { first: 8, last: 4 };

/** How CRIU, liblxc and the daemons (LXD before 4, then logrus) mark an error. */
const errorMark = /\bError \(|\bERROR\b|\blevel=error\b|\blvl=eror\b/;

/** The logs that show the failure, the most telling first; empty when none does. */
export function excerptsOf(summary: ReportSummary): readonly LogExcerpt[] {
  const known = tellingLines(summary.triage);
  // What was displayed is shown in full elsewhere.
  const files = [...new Set(known.map(({ file }) => file))].filter((file) => !file.startsWith('action/'));
  return files
    .slice(0, maxFiles)
    .map((file) => excerptOf(file, known.filter((line) => line.file === file).slice(0, maxKnown), summary));
}

/** Lines that prove a diagnosis, or that nothing explains; the first one is the most telling. */
export function tellingLines(triage: Triage | undefined): readonly LogLine[] {
  if (triage === undefined || triage.result === 'no-failure') return [];
  return [...triage.diagnoses.flatMap(({ evidence }) => evidence), ...triage.unexplained];
}

function excerptOf(file: string, known: readonly LogLine[], summary: ReportSummary): LogExcerpt {
  const artifact = summary.manifest.artifacts.find(({ path }) => path === file);
  const text = artifact === undefined ? undefined : summary.textOf(artifact.id);
  const bare = { file, rows: withGaps(new Map(known.map(({ line, text: shown }) => [line, shown]))) };
  if (artifact === undefined || text === undefined) return bare;
  const lines = text.replace(/\n$/, '').split('\n');
  const first = artifact.bytes > Buffer.byteLength(text) ? firstLineNumber(lines, known) : 1;
  if (first === undefined) return bare;
  const chosen = new Map<number, string>(known.map(({ line, text: shown }) => [line, shown]));
  for (const index of chosenIndexes(lines, first, known)) {
    const line = lines[index];
    if (line !== undefined) chosen.set(first + index, line);
  }
  return { file, rows: withGaps(chosen) };
}

/** The number of the first of `lines`, the end of a longer file, found by lines whose number is known. */
function firstLineNumber(lines: readonly string[], known: readonly LogLine[]): number | undefined {
  const votes = new Map<number, number>();
  for (const { line, text } of known) {
    for (const [index, candidate] of lines.entries()) {
      if (candidate.trimEnd() !== text.trimEnd() || line <= index) continue;
      votes.set(line - index, (votes.get(line - index) ?? 0) + 1);
    }
  }
  return [...votes].toSorted(([, left], [, right]) => right - left)[0]?.[0];
}

function chosenIndexes(lines: readonly string[], first: number, known: readonly LogLine[]): readonly number[] {
  const errors = lines.flatMap((line, index) => (errorMark.test(line) ? [index] : []));
  const shownErrors =
    errors.length <= errorLines.first + errorLines.last
      ? errors
      : [...errors.slice(0, errorLines.first), ...errors.slice(-errorLines.last)];
  const around = known.flatMap(({ line }, order) => {
    const { before, after } = order === 0 ? aroundRoot : aroundOthers;
    return Array.from({ length: before + 1 + after }, (_, step) => line - first - before + step);
  });
  return [...shownErrors, ...around];
}

/** In the order of their numbers, with a gap wherever numbers are missing in between. */
function withGaps(chosen: ReadonlyMap<number, string>): readonly (ExcerptRow | undefined)[] {
  const rows = [...chosen].map(([line, text]) => ({ line, text })).toSorted((left, right) => left.line - right.line);
  return rows.flatMap((row, index) => {
    const previous = rows[index - 1];
    return previous !== undefined && row.line > previous.line + 1 ? [undefined, row] : [row];
  });
}

/** The rows as lines of text with their numbers in front; not escaped. */
export function numberedLines({ rows }: LogExcerpt): readonly string[] {
  const width = String(Math.max(0, ...rows.map((row) => row?.line ?? 0))).length;
  return rows.map((row) =>
    row === undefined ? `${' '.repeat(Math.max(0, width - 1))}…` : `${String(row.line).padStart(width)}  ${row.text}`,
  );
}
