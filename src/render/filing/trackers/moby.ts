/** The bug form of moby, which is docker's engine. */

import type { IssueForm } from '../issue-form.js';

export const mobyForm: IssueForm = {
  name: 'moby',
  repository: 'moby/moby',
  engine: 'docker',
  template: 'bug_report.yml',
  readFrom: { path: '.github/ISSUE_TEMPLATE/bug_report.yml', commit: 'b7f738a9cb', date: '2026-05-21' },
  tags: ['kind/bug'],
  fields: [
    {
      id: 'description',
      label: 'Description',
      isRequired: true,
      fill: { kind: 'failure', opinion: true },
    },
    { id: 'repro', label: 'Reproduce', isRequired: true, fill: { kind: 'steps' } },
    {
      id: 'expected',
      label: 'Expected behavior',
      isRequired: false,
      fill: { kind: 'ask', question: 'what you expected' },
    },
    {
      id: 'version',
      label: 'docker version',
      isRequired: true,
      render: 'bash',
      fill: { kind: 'evidence', ids: ['engine.version'], ask: 'the output of docker version' },
    },
    {
      id: 'info',
      label: 'docker info',
      isRequired: true,
      render: 'bash',
      fill: { kind: 'evidence', ids: ['engine.info'], ask: 'the output of docker info' },
    },
    {
      id: 'additional',
      label: 'Additional Info',
      isRequired: false,
      fill: {
        kind: 'logs',
        ask: 'criu-dump.log; docker deletes it often, and a CRIU configuration file with log-file keeps it',
      },
    },
  ],
  notes: ['docker info names registries and labels: read it once more before you send it.'],
};
