/** Writes a run down as docs/accuracy.md. Nothing in it changes from run to run unless a result does. */

import type { Case } from './case.js';
import { reasons } from './reasons.js';
import { type Measured, type Result, type Run, measuredOf, missOf, missTexts, ratesOf, verdicts } from './result.js';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Verdicts against outcomes, as rows of numbers. */
export function matrixOf(measured: readonly Measured[]): readonly (readonly string[])[] {
  return verdicts.map((verdict) => {
    const those = measured.filter(({ judgement }) => judgement.verdict === verdict);
    const failing = those.filter(({ outcome }) => outcome === 'fails');
    const agreeing = failing.filter(({ judgement, logCauses }) =>
      logCauses.some((cause) => judgement.causes.includes(cause)),
    );
    return [verdict, those.length - failing.length, failing.length, agreeing.length].map(String);
  });
}

const MATRIX_HEAD = ['verdict of check', 'dumps', 'fails', 'of which with the cause that triage finds in the log'];

const percent = (part: number, whole: number) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

/** The goals and how far they are reached, one line each. */
export function ratesText(measured: readonly Measured[]): string {
  const rates = ratesOf(measured);
  return [
    `- ${rates.falseAlarms} of ${rates.dumps} trees that dump were called blocked (goal: none)`,
    `- ${rates.needlessRisks} of ${rates.dumps} trees that dump were called at risk: ${percent(rates.needlessRisks, rates.dumps)} (goal: at most 5 %)`,
    `- ${rates.foreseen} of ${rates.fails} trees that fail were called blocked or at risk: ${percent(rates.foreseen, rates.fails)} (goal: at least 95 %)`,
    `- ${rates.sameCause} of ${rates.fails} with the cause that triage then finds in the log: ${percent(rates.sameCause, rates.fails)}`,
  ].join('\n');
}

/** What differs from run to run in a line of a log: paths of scratch directories, ids, addresses. */
function steady(line: string): string {
  return line
    .replace(/^pie: \d+: /, '')
    .replace(/^(?:Error|Warn) +\([^)]*\): /, '')
    .replace(/\/tmp\/accuracy-\w+\/case-\d+/g, '…')
    .replace(/\b(0x)?[0-9a-f]*\d[0-9a-f]{2,}\b/g, 'N')
    .replace(/\b(pid|index|dev|ino|mount|socket|id|mnt_id|link) \d+/gi, '$1 N')
    .replace(/mount=\d+/, 'mount=N');
}

function rowOf(result: Result): readonly string[] {
  if (result.status === 'impossible') return [result.name, 'not made', '', '', ''];
  const { name, outcome, judgement, logCauses } = result;
  return [name, outcome, judgement.verdict, judgement.causes.join(', '), logCauses.join(' or ')];
}

function missRows(measured: readonly Measured[]): readonly (readonly string[])[] {
  return measured.flatMap((result) => {
    const miss = missOf(result);
    if (miss === undefined) return [];
    const { name, judgement, logCauses, decisive } = result;
    const said = [judgement.verdict, ...judgement.causes].join(', ');
    return [[name, missTexts[miss], said, logCauses.join(' or '), steady(decisive), reasons[name] ?? 'not known']];
  });
}

const titles: Readonly<Record<Case['criu'], string>> = {
  current: 'The criu of the lab',
  older: 'An older criu',
  oldest: 'The criu of Debian 12',
};

function section(run: Run, criu: Case['criu']): string {
  const measured = measuredOf(run).filter((result) => result.criu === criu);
  if (measured.length === 0) return '';
  const rows = missRows(measured);
  return [
    `## ${titles[criu]}: ${run.versions.criu[criu]}`,
    table(MATRIX_HEAD, matrixOf(measured)),
    ratesText(measured),
    rows.length === 0 ? 'No misses.' : table(['miss', 'what is wrong', 'check', 'triage', 'log', 'why'], rows),
  ].join('\n\n');
}

export function renderDocument(run: Run): string {
  const impossible = run.results.filter((result) => result.status === 'impossible');
  const parts = [
    '# How right the predictions are',
    'Written by `npm run accuracy`, which starts each of these process trees in host a of the lab, asks `crdoctor check --pid PID --engine criu --criu-options "…"`, then runs the real `criu dump` with the same options, and has `crdoctor triage` read the log of a dump that failed. The last cases are processes inside of a container of LXD, judged by `lxc snapshot --stateful` and asked for with `crdoctor check NAME --for snapshot`; risks of the restore are left aside there, for none is tried. Nobody wrote down what should come of a tree: the real dump decides. Where triage finds several causes equally likely, because the log of each is word for word the same, any of them counts.',
    `Kernel ${run.versions.kernel}, criu ${Object.values(run.versions.criu).join(', ')}.`,
    'In brackets after a name: the namespaces that the tree has to itself (**m**ount, **p**id, **n**et, **i**pc, **u**ts, **c**group, **U**ser; see `test/lab/programs/box.c`).',
    ...(['current', 'older', 'oldest'] as const).map((criu) => section(run, criu)),
    '## Cannot be made here',
    table(
      ['case', 'reason'],
      impossible.map(({ name, reason }) => [name, reason]),
    ),
    '## All cases',
    table(['case', 'real dump', 'check', 'causes named before', 'cause in the log'], run.results.map(rowOf)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What a person at the terminal gets. */
export function renderSummary(run: Run): string {
  const measured = measuredOf(run);
  const rows = [MATRIX_HEAD.slice(0, 3).concat('same cause'), ...matrixOf(measured)];
  const lines = rows.map(([first = '', ...rest]) => first.padEnd(18) + rest.map((text) => text.padStart(12)).join(''));
  const misses = missRows(measured).map((row) => `  ${row.filter(Boolean).join(' | ')}`);
  const impossible = run.results.flatMap((result) =>
    result.status === 'impossible' ? [`  ${result.name}: ${result.reason}`] : [],
  );
  return [
    ...lines,
    ratesText(measured),
    `misses (${misses.length}):`,
    ...misses,
    `cannot be made here (${impossible.length}):`,
    ...impossible,
    `${run.results.length} cases in ${run.seconds} s`,
  ].join('\n');
}
