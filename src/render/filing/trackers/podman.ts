/** The bug form of podman. */

import type { IssueForm } from '../issue-form.js';

export const podmanForm: IssueForm = {
  name: 'podman',
  repository: 'containers/podman',
  engine: 'podman',
  template: 'bug_report.yaml',
  readFrom: { path: '.github/ISSUE_TEMPLATE/bug_report.yaml', commit: '8cef2f4d10', date: '2025-03-31' },
  titlePrefix: '[Bug]: ',
  tags: ['kind/bug', 'triage-needed'],
  fields: [
    {
      id: 'description',
      label: 'Issue Description',
      isRequired: true,
      fill: { kind: 'outline', question: 'the problem in a few words, and what runs in the container' },
    },
    { id: 'reproducer', label: 'Steps to reproduce the issue', isRequired: true, fill: { kind: 'steps' } },
    {
      id: 'received_results',
      label: 'Describe the results you received',
      isRequired: true,
      fill: { kind: 'failure' },
    },
    {
      id: 'expected_results',
      label: 'Describe the results you expected',
      isRequired: true,
      fill: { kind: 'ask', question: 'what you expected' },
    },
    {
      id: 'podman_info',
      label: 'podman info output',
      isRequired: true,
      render: 'yaml',
      fill: { kind: 'evidence', ids: ['engine.info'], ask: 'the output of podman info' },
    },
    {
      id: 'podman_in_a_container',
      label: 'Podman in a container',
      isRequired: true,
      fill: { kind: 'choose', options: ['No', 'Yes'], question: 'whether podman runs in a container' },
    },
    {
      id: 'privileged_rootless',
      label: 'Privileged Or Rootless',
      isRequired: false,
      fill: { kind: 'choose', options: ['Privileged', 'Rootless'], question: 'how the container runs' },
    },
    {
      id: 'upstream_latest',
      label: 'Upstream Latest Release',
      isRequired: true,
      fill: { kind: 'choose', options: ['Yes', 'No'], question: 'whether the latest release fails as well' },
    },
    {
      id: 'additional_environment',
      label: 'Additional environment details',
      isRequired: false,
      fill: {
        kind: 'facts',
        lines: ['{distribution} {distributionVersion}, kernel {kernel}, CRIU {criu}'],
      },
    },
    {
      id: 'additional_info',
      label: 'Additional information',
      isRequired: false,
      fill: { kind: 'logs', ask: 'the log of CRIU, and whether it happens each time' },
    },
  ],
  notes: ['The form asks to try the newest podman first.'],
};
