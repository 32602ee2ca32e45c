/** The knowledge base for a terminal: the list of causes, one cause in full, the results of its checks. */

import type { Proof } from '../findings/prove.js';
import type { Cause, Prediction, Signature } from '../rules/cause.js';
import type { RuleProblem } from '../rules/parse-cause.js';
import { escapeJson, escapeText } from './escape.js';
import type { TextOptions } from './options.js';
import { fillParagraphs } from './paragraphs.js';
import { makeStyle, type Style } from './style.js';
import { padTo, wrap } from './wrap.js';

/** One line per cause, by area: id, how it can be told, title. */
export function renderRuleList(causes: readonly Cause[], options: TextOptions): string {
  const style = makeStyle(options.hasColor);
  const idWidth = Math.max(0, ...causes.map((cause) => cause.id.length));
  const areas = [...new Set(causes.map((cause) => cause.area))].sort();
  const sections = areas.map((area) => {
    const inArea = causes
      .filter((cause) => cause.area === area)
      .toSorted((left, right) => (left.id < right.id ? -1 : 1));
    const rows = inArea.map(
      (cause) => `  ${padTo(cause.id, idWidth)}  ${padTo(howTold(cause), 5)}  ${escapeText(cause.title)}`,
    );
    return [style.strong(area), ...rows].join('\n');
  });
  const legend = `${causes.length} causes. C: check sees it before the freeze. T: triage knows it from logs.`;
  return `${[...sections, style.faint(legend)].join('\n\n')}\n`;
}

function howTold({ predict, diagnose }: Cause): string {
  return `${predict.length > 0 ? 'C' : ' '} ${diagnose.length > 0 ? 'T' : ' '}`;
}

/** The causes as JSON, schema `crdoctor.rules/1`: everything but their tests. */
export function renderRulesJson(causes: readonly Cause[]): string {
  const shown = causes.map(({ id, area, title, why, scope, predict, diagnose, fix, blame, fixedIn, refs }) => ({
    id,
    area,
    title,
    why,
    scope,
    predict,
    diagnose,
    fix,
    blame,
    fixedIn,
    refs,
  }));
  return `${escapeJson(JSON.stringify({ schema: 'crdoctor.rules/1', causes: shown }, undefined, 2))}\n`;
}

/** Everything that is known about one cause. */
export function renderCause(cause: Cause, options: TextOptions): string {
  const { columns, hasColor } = options;
  const style = makeStyle(hasColor);
  const where = { host: 'of a host', instance: 'of a container', pair: 'between source and target' }[cause.scope];
  const sections = [
    [
      style.strong(escapeText(cause.title)),
      style.faint(`${cause.id}: a cause in ${cause.area}, ${where}; lies with: ${cause.blame}`),
    ],
    fillParagraphs(cause.why, columns, '', ''),
    section(
      'How check sees it coming',
      cause.predict.flatMap((entry) => predictionLines(entry, columns)),
      style,
    ),
    section(
      'How triage knows it',
      cause.diagnose.flatMap((entry) => signatureLines(entry, columns)),
      style,
    ),
    section('What to do', fixLines(cause, columns), style),
    section('Fixed in', versionLines(cause.fixedIn ?? {}), style),
    section(
      'See',
      cause.refs.map((ref) => `  ${escapeText(ref)}`),
      style,
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : [style.strong(title), ...lines];
}

function predictionLines(
  { phase, severity, each, when, unless, engines, affects, message }: Prediction,
  columns: number,
): readonly string[] {
  const line = (name: string, text: string | undefined): readonly string[] =>
    text === undefined ? [] : wrap(escapeText(text.trim()), columns, `      ${name}: `, '        ');
  return [
    `  - ${severity} in phase ${phase}${engines === undefined ? '' : `, on ${engines.join(', ')}`}`,
    ...line('for each of', each),
    ...line('when', when),
    ...line('unless', unless),
    ...line(
      'exists in',
      affects === undefined
        ? undefined
        : Object.entries(affects)
            .map((entry) => entry.join(' '))
            .join(', '),
    ),
    ...line('says', message),
  ];
}

function signatureLines({ in: kinds, role, line, when, message }: Signature, columns: number): readonly string[] {
  return [
    `  - in ${kinds.join(', ')}${role === 'root' ? '' : ` (${role})`}: ${escapeText(line)}`,
    ...(when === undefined ? [] : wrap(escapeText(when.trim()), columns, '      when: ', '        ')),
    ...(message === undefined ? [] : wrap(escapeText(message.trim()), columns, '      says: ', '        ')),
  ];
}

function fixLines({ fix }: Cause, columns: number): readonly string[] {
  const { default: general = '', ...special } = fix;
  const forEngines = Object.entries(special).flatMap(([engine, text]) =>
    fillParagraphs(text, columns, `  ${engine}: `, '    '),
  );
  return [...fillParagraphs(general, columns, '  ', '  '), ...forEngines];
}

function versionLines(versions: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(versions).flatMap(([program, version]) =>
    version === undefined ? [] : [`  ${program} ${escapeText(version)}`],
  );
}

/** One line per complaint, `file:line:column: message`, as editors understand it. */
export function renderRuleProblems(problems: readonly RuleProblem[]): string {
  if (problems.length === 0) return 'The rules are sound.\n';
  return problems
    .map(({ file, line, column, message }) => `${escapeText(file)}:${line}:${column}: ${escapeText(message)}\n`)
    .join('');
}

/** What failed, then the numbers. */
export function renderProof({ causes, tests, mutants, failures }: Proof): string {
  const lines = failures.map(({ cause, kind, name, message }) => {
    const what = kind === 'test' ? 'test' : 'undetected damage';
    return `${escapeText(cause)}: ${what}: ${escapeText(name)}: ${escapeText(message)}\n`;
  });
  const failed = failures.length === 0 ? 'all is well' : `${failures.length} failed`;
  return `${lines.join('')}${causes} causes, ${tests} tests, ${mutants} damages tried: ${failed}.\n`;
}
