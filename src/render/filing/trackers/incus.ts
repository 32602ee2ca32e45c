/** The bug form of Incus. Its fields have no ids, so an address can fill in the title alone. */

import type { IssueForm } from '../issue-form.js';

export const incusForm: IssueForm = {
  name: 'Incus',
  repository: 'lxc/incus',
  engine: 'incus',
  template: 'bug-reports.yml',
  readFrom: { path: '.github/ISSUE_TEMPLATE/bug-reports.yml', commit: '6da91897be', date: '2026-04-29' },
  tags: [],
  fields: [
    {
      label: 'Is there an existing issue for this?',
      isRequired: true,
      fill: { kind: 'confirm', options: ['There is no existing issue for this bug'] },
    },
    {
      label: 'Is this happening on an up to date version of Incus?',
      isRequired: true,
      fill: { kind: 'confirm', options: ['This is happening on a supported version of Incus'] },
    },
    {
      label: 'Incus system details',
      isRequired: true,
      render: 'yaml',
      fill: { kind: 'evidence', ids: ['engine.info'], ask: 'the output of incus info', isWhole: true },
    },
    {
      label: 'Instance details',
      isRequired: false,
      fill: { kind: 'evidence', ids: ['engine.config.expanded'], ask: 'the output of incus config show NAME' },
    },
    {
      label: 'Instance log',
      isRequired: false,
      fill: { kind: 'evidence', ids: ['engine.show-log'], ask: 'the output of incus info --show-log NAME' },
    },
    // No opinion: the form asks for what people see, not for what machines make of it.
    { label: 'Current behavior', isRequired: false, fill: { kind: 'failure' } },
    {
      label: 'Expected behavior',
      isRequired: false,
      fill: { kind: 'ask', question: 'what you expected to happen' },
    },
    { label: 'Steps to reproduce', isRequired: true, fill: { kind: 'steps' } },
  ],
  notes: ['incus info stands in it in full, as the form wants it, with the secrets taken out: read it once more.'],
};
