/** The issue template of CRIU. */

import type { IssueForm } from '../issue-form.js';

export const criuForm: IssueForm = {
  name: 'CRIU',
  repository: 'checkpoint-restore/criu',
  readFrom: { path: '.github/ISSUE_TEMPLATE.md', commit: 'd0511319e', date: '2021-09-03' },
  tags: [],
  fields: [
    {
      label: 'Description',
      isRequired: true,
      layout: 'bold',
      fill: { kind: 'outline', question: 'the problem in a few words, and what runs in the container' },
    },
    { label: 'Steps to reproduce the issue:', isRequired: true, layout: 'bold', fill: { kind: 'steps' } },
    { label: 'Describe the results you received:', isRequired: true, layout: 'bold', fill: { kind: 'failure' } },
    {
      label: 'Describe the results you expected:',
      isRequired: true,
      layout: 'bold',
      fill: { kind: 'ask', question: 'what you expected' },
    },
    {
      label: 'Additional information you deem important (e.g. issue happens only occasionally):',
      isRequired: false,
      layout: 'bold',
      fill: { kind: 'ask', question: 'whether it happens each time, since when, and what you tried' },
    },
    {
      label: 'CRIU full dump/restore logs:',
      isRequired: true,
      layout: 'details',
      fill: { kind: 'logs', ask: 'the log of CRIU' },
    },
    {
      label: 'Output of `criu --version`:',
      isRequired: true,
      layout: 'details',
      fill: { kind: 'evidence', ids: ['criu.version'], ask: 'the output of criu --version' },
    },
    {
      label: 'Output of `criu check --all`:',
      isRequired: true,
      layout: 'details',
      fill: { kind: 'evidence', ids: ['criu.check.all'], ask: 'the output of criu check --all' },
    },
    {
      label: 'Additional environment details:',
      isRequired: false,
      layout: 'bold',
      fill: {
        kind: 'facts',
        lines: [
          'Distribution: {distribution} {distributionVersion}',
          'Kernel: {uname}',
          'Engine: {engineVersion}',
          'LXC: {liblxc}',
        ],
      },
    },
  ],
  notes: [],
};
