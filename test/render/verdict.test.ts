import { describe, expect, it } from 'vitest';

import type { Finding } from '../../src/findings/finding.js';
import { verdictMeaning } from '../../src/render/verdict.js';
import type { Operation } from '../../src/rules/cause.js';
import { assessment, finding } from './samples.js';

function meaning(operation: Operation, findings: readonly Partial<Finding>[]): string {
  return verdictMeaning(
    assessment(findings.map(finding), {
      subject: { operation, source: { where: 'local' }, target: { where: 'local' } },
    }),
  );
}

const dumpFails = { phase: 'dump' } as const;
const restoreFails = { phase: 'restore' } as const;
const dumpUnknown = { phase: 'dump', outcome: 'unknown' } as const;

describe('verdictMeaning', () => {
  it.each([
    ['stop', [], 'Nothing was found against the dump or the restore.'],
    ['restore', [], 'Nothing was found against the restore.'],
    ['dump', [dumpFails], 'The dump will not work. No images would be made.'],
    ['stop', [dumpFails, restoreFails], 'Neither the dump nor the restore will work. The stop would fail.'],
    [
      'snapshot',
      [restoreFails],
      'The dump will work, the restore will not. A snapshot would be made whose state can never be restored.',
    ],
    [
      'move',
      [dumpFails],
      'The dump will not work. The move would fail at its source. Nothing was found against the restore.',
    ],
    [
      'stop',
      [restoreFails, { phase: 'dump', severity: 'risk' }],
      'The dump may work, the restore will not. Once stopped, it could not be started again with its state.',
    ],
    [
      'stop',
      [restoreFails, dumpUnknown],
      'The restore will not work, and it could not be told whether the dump will. Once stopped, it could not be started again with its state.',
    ],
    ['stop', [dumpUnknown], 'It could not be told whether the dump will work. Nothing was found against the restore.'],
    ['stop', [{ severity: 'risk' }], 'Nothing certain stops the dump or the restore, but there is a risk.'],
    [
      'stop',
      [{ severity: 'risk' }, { severity: 'risk', phase: 'dump' }, { severity: 'risk', cause: 'other' }],
      'Nothing certain stops the dump or the restore, but there are 2 risks.',
    ],
    [
      'stop',
      [{ phase: 'after' }],
      'Nothing stops the dump or the restore, but what comes out of it will not work as before.',
    ],
    ['host', [restoreFails], 'The dump will work, the restore will not. No container could be restored on this host.'],
  ] as const)('%s with %j', (operation, findings, expected) => {
    expect(meaning(operation, findings)).toBe(expected);
  });

  it('says when the target of a move was not seen', () => {
    const sample = assessment([], { subject: { operation: 'move', source: { where: 'local' } } });
    expect(verdictMeaning(sample)).toContain('The target was not looked at: --to WHERE does that.');
  });
});
