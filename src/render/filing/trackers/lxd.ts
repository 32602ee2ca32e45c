/** The bug form of LXD. */

import type { IssueForm } from '../issue-form.js';

export const lxdForm: IssueForm = {
  name: 'LXD',
  repository: 'canonical/lxd',
  engine: 'lxd',
  template: 'bug-report.yml',
  readFrom: { path: '.github/ISSUE_TEMPLATE/bug-report.yml', commit: 'd6db31539fdb', date: '2026-04-30' },
  tags: [],
  fields: [
    {
      id: 'ack_searched',
      label: 'Please confirm',
      isRequired: true,
      fill: {
        kind: 'confirm',
        options: ['I have searched existing issues to check if an issue already exists for the bug I encountered.'],
      },
    },
    {
      id: 'distribution',
      label: 'Distribution',
      isRequired: true,
      fill: { kind: 'facts', lines: ['{distribution}'] },
    },
    {
      id: 'distro_version',
      label: 'Distribution version',
      isRequired: true,
      fill: { kind: 'facts', lines: ['{distributionVersion}'] },
    },
    {
      id: 'snap_list',
      label: 'Output of `snap list --all lxd core20 core22 core24 core26 snapd`',
      isRequired: true,
      render: 'shell',
      fill: {
        kind: 'evidence',
        ids: ['host.snaps'],
        ask: 'the output of snap list --all lxd core20 core22 core24 core26 snapd, or n/a',
      },
    },
    {
      id: 'system_info',
      label: 'System info',
      isRequired: true,
      fill: {
        kind: 'facts',
        lines: [
          'Kernel version (`kernel_version`): {kernel}',
          'LXC version (`driver_version`): {liblxc}',
          'LXD version (`server_version`): {engineVersion}',
          'Storage backend: {storage}',
        ],
      },
    },
    {
      id: 'instance_log',
      label: 'Instance log',
      isRequired: true,
      fill: {
        kind: 'evidence',
        ids: ['engine.show-log'],
        ask: 'the output of lxc info INSTANCE --show-log, or n/a',
      },
    },
    {
      id: 'expected_behavior',
      label: 'Expected behavior',
      isRequired: true,
      fill: { kind: 'ask', question: 'what you expected, as specific as possible' },
    },
    { id: 'actual_behavior', label: 'Actual behavior', isRequired: true, fill: { kind: 'failure', opinion: true } },
    { id: 'steps_to_reproduce', label: 'Steps to reproduce', isRequired: true, fill: { kind: 'steps' } },
    {
      id: 'attachments',
      label: 'Information to attach',
      isRequired: false,
      fill: {
        kind: 'attached',
        options: [
          { label: 'Any relevant kernel output (`dmesg`)', ids: ['host.dmesg'] },
          {
            label: 'Instance configuration (`lxc config show <instance> --expanded`)',
            ids: ['engine.config.expanded'],
          },
          {
            label: 'Main daemon log (at `/var/log/lxd/lxd.log` or `/var/snap/lxd/common/lxd/logs/lxd.log`)',
            ids: ['engine.log'],
          },
          { label: 'If a lxc command fails, output of the command with `--debug`' },
          { label: 'Output of the daemon with `--debug` (or use `lxc monitor` while reproducing the issue)' },
        ],
      },
    },
  ],
  withholds: ['engine.info', 'engine.server'],
  notes: ['The form asks not to send the whole of lxc info: what it names is filled in, the rest stayed behind.'],
};
