import { describe, expect, it } from 'vitest';

import { describeWork, type GuardWork } from '../../src/render/guard-work.js';

const restore: GuardWork = {
  kind: 'start',
  seconds: 60,
  pid: 90,
  hasCopy: true,
  criu: [{ pid: 100, task: 'restore' }],
  restored: 102,
  waitsFor: [],
  log: { path: '/s/restore.log', sizeBytes: 1000, silentS: 45, lastLines: ['(00.1) Restored'] },
};

const { log: _, ...withoutLog } = restore;

describe('what a command that takes long is doing', () => {
  it('ends what is being restored and not CRIU, because that would leave it running', () => {
    expect(describeWork(restore)).toEqual([
      'the command has run for 60 seconds (pid 90); it is left alone',
      'at work: criu restore (pid 100)',
      '/s/restore.log has not grown for 45 seconds and ends with:',
      '  (00.1) Restored',
      'It may go on so for ever: kill -9 102 ends what is being restored; guard has a copy of the state, and guard goes on from there',
    ]);
  });

  it('names the lock that is waited for', () => {
    const [, , lock] = describeWork({ ...withoutLog, waitsFor: ['a flock that process 7 holds'] });
    expect(lock).toBe('it waits for a flock that process 7 holds');
  });

  it('warns of a log that fills the disk', () => {
    const log = { path: '/s/restore.log', sizeBytes: 14e9, silentS: 0, lastLines: [] };
    expect(describeWork({ ...restore, log })[2]).toContain('has 14000 MB, which will fill the disk');
  });

  it('of a dump ends CRIU alone', () => {
    const dump: GuardWork = {
      kind: 'stop',
      seconds: 9,
      pid: undefined,
      hasCopy: false,
      waitsFor: [],
      criu: [{ pid: 5, task: 'dump' }],
    };
    expect(describeWork(dump).at(-1)).toMatch(/^If it hangs: kill -9 5 ends that CRIU alone; .* the processes run on/);
  });

  it('has nothing to end where no CRIU works', () => {
    expect(describeWork({ ...restore, criu: [] }).join('\n')).not.toContain('kill');
  });
});
