/** Prints what a run found, and writes docs/accuracy.md when it was a whole run. */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { renderDocument, renderSummary } from './document.js';
import { measuredOf, type Run, ratesOf } from './result.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { document: { type: 'string', default: '' } },
});

const run = JSON.parse(readFileSync(positionals[0] ?? '', 'utf8')) as Run;
process.stdout.write(`${renderSummary(run)}\n`);
if (values.document !== '') writeFileSync(values.document, renderDocument(run));
const { falseAlarms, foreseen, fails, needlessRisks, dumps } = ratesOf(measuredOf(run));
process.exitCode = falseAlarms === 0 && foreseen >= 0.95 * fails && needlessRisks <= 0.05 * dumps ? 0 : 1;
