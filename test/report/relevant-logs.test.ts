import { expect, it } from 'vitest';

import { readLogText } from '../../src/evidence/logs.js';
import { haveOwnLogs, relevantLogs, type ReportedLog } from '../../src/report/relevant-logs.js';

const criu = '(00.000012) Version: 4.2.1 (gitid 0)\n(00.036371) Error (criu/cr-dump.c:1975): Dumping FAILED.\n';
const log = (id: string, modifiedS?: number, text = criu): ReportedLog => ({
  id,
  modifiedS,
  reading: readLogText(text, { file: `source/${id.replace(/^instance\.(log|state)\./, 'instance.$1/')}`, words: [] }),
});
const chosen = (logs: readonly ReportedLog[]): readonly string[] => relevantLogs(logs).map(({ file }) => file);

it('takes the newest log of CRIU, what was displayed and the log of liblxc', () => {
  const logs = [
    log('action.output', undefined, 'Error: x\n'),
    log('instance.log.snapshot_dump_3.log', 3000),
    log('instance.log.snapshot_dump_2.log', 2990),
    log('instance.log.snapshot_restore_2.log', 2980),
    log('instance.log.snapshot_restore_1.log', 1000),
    log('instance.log.lxc.log', 900, 'lxc x ERROR criu - y\n'),
    log('instance.state.dump.log', 3001),
    log('engine.log', undefined, 'x\n'),
  ];
  expect(chosen(logs)).toEqual([
    'source/instance.log/snapshot_dump_3.log',
    'source/instance.log/snapshot_restore_2.log',
    'source/instance.log/lxc.log',
    'source/action.output',
  ]);
  expect(haveOwnLogs(logs)).toBe(true);
});

it('leaves what the daemon and the kernel say aside: it may be about anything', () => {
  const logs = [log('engine.log', undefined, 'x\n'), log('host.dmesg', undefined, '[ 1.0] x\n')];
  expect(chosen(logs)).toEqual([]);
  expect(haveOwnLogs(logs)).toBe(false);
});

it('takes the log in the state directory while there is no copy', () => {
  expect(chosen([log('instance.state.final.dump.log', 5)])).toEqual(['source/instance.state/final.dump.log']);
});
