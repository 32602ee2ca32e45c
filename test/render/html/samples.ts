/** Pages of every kind: from recorded evidence, and from material that is hostile all through. */

import { readFileSync } from 'node:fs';

import type { Evidence } from '../../../src/source/source.js';
import { renderCheckPage } from '../../../src/render/html/check-page.js';
import { renderReportPage } from '../../../src/render/html/report-page.js';
import { renderGroupsPage, renderTriagePage } from '../../../src/render/html/triage-page.js';
import { nastySummary, recordedSummary } from '../report-samples.js';
import {
  assessment,
  comparison,
  finding,
  groups,
  nasty,
  nastyAssessment,
  nastyGroups,
  nastyTriage,
  noContext,
  story,
  triage,
} from '../samples.js';

/** The text about processes, as it was recorded. */
export function recordedTasks(name: string): string {
  const path = new URL(`../../../fixtures/hosts/${name}.json`, import.meta.url);
  const { ofInstance } = JSON.parse(readFileSync(path, 'utf8')) as { ofInstance: readonly Evidence[] };
  return ofInstance.find(({ id }) => id === 'instance.tasks')?.text ?? '';
}

const redactions = [
  { rule: 'environment', artifact: 'engine.config.expanded', line: 3, count: 2 },
  { rule: 'environment', artifact: 'engine.instance', line: 9, count: 1 },
];

export const failed = await recordedSummary('bad-disk-full');
export const failedPage = renderReportPage(failed, { redactions, tasks: recordedTasks('bad-disk-full') });

/** A move to a host whose processor can do less. */
export const moved = assessment(
  [
    finding({
      cause: 'cpu-feature-missing',
      title: 'The processor of the target can do less',
      occurrences: [
        {
          side: 'target',
          message: 'avx512f is missing',
          values: [
            { side: 'source', text: 'avx2 avx512f' },
            { side: 'target', text: 'avx2' },
          ],
        },
      ],
    }),
  ],
  {
    subject: {
      engine: 'lxd',
      instance: 'c1',
      operation: 'move',
      source: { where: 'local', hostname: 'a', kernel: '6.18.44', criu: '4.2.1', engineVersion: '5.0.2' },
      target: { where: 'ssh:b', hostname: 'b', kernel: '6.12.1', criu: '4.2.1' },
    },
  },
);

const nastyTasks = recordedTasks('bad-disk-full').replaceAll('Name:\tinit', `Name:\t${nasty.replaceAll('\n', ' ')}`);

/** By what each is. */
export const pages: Readonly<Record<string, string>> = {
  'report of a failure': failedPage,
  check: renderCheckPage(assessment([finding(), finding({ severity: 'risk', cause: 'other' })]), noContext),
  'check of a move': renderCheckPage(moved, noContext),
  triage: renderTriagePage(triage({ ...story(), comparison, command: 'lxc stop c1 --stateful' })),
  'triage of several': renderGroupsPage(groups),
  'hostile report': renderReportPage(nastySummary, {
    redactions: [{ rule: nasty, artifact: nasty, line: 1, count: 1 }],
    tasks: nastyTasks,
  }),
  'hostile check': renderCheckPage(nastyAssessment, { reasons: new Map([[nasty, nasty]]), strict: false }, nastyTasks),
  'hostile triage': renderTriagePage({ ...nastyTriage, ...hostileStory() }),
  'hostile triage of several': renderGroupsPage(nastyGroups),
};

/** The steps of a run, each with a hostile name. */
function hostileStory(): Pick<typeof nastyTriage, 'timeline' | 'runs'> {
  const { timeline = [], runs = [] } = story();
  return {
    timeline: timeline.map((step) => ({ ...step, text: nasty, file: nasty })),
    runs: runs.map((run) => ({ ...run, file: nasty, stoppedIn: nasty, criu: nasty })),
  };
}
