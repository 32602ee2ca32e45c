import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { renderGuardJson, type GuardStatus } from '../../src/render/guard-json.js';
import { renderGuardList, renderGuardStory, type GuardStory } from '../../src/render/guard-text.js';
import { nasty, nastyTriage, treacherous, triage } from './samples.js';

const story: GuardStory = {
  instance: 'c1',
  kind: 'start',
  ending: { exitStatus: 1 },
  outcome: 'unharmed',
  checks: [{ what: 'goal', result: 'bad', detail: 'it is stopped' }],
  diagnosis: triage(),
  waysOut: [{ title: 'Try again', commands: ['crdoctor guard -- lxc start c1'], note: 'It costs nothing.' }],
  copy: '/var/lib/crdoctor/guards/1/state',
};

describe('the story of a guarded command', () => {
  it('is one line when all is well', () => {
    const checks = [{ what: 'goal', result: 'ok', detail: 'it is running' }];
    const smooth = { ...story, outcome: 'done', ending: { exitStatus: 0 }, checks, waysOut: [] } as const;
    expect(renderGuardStory(smooth, 100)).toBe('crdoctor: c1: verified, it is running\n');
  });

  it('says what failed, why, and what can be done', () => {
    const text = renderGuardStory(story, 100);
    expect(text).toContain('the start ended with status 1 and did not do it; everything is as it was before');
    expect(text).toContain('    crdoctor guard -- lxc start c1\n');
    expect(text).toContain('A copy of the saved state is in /var/lib/crdoctor/guards/1/state');
  });

  it('names a success that is none, and a failure that is none', () => {
    const lie = renderGuardStory({ ...story, outcome: 'harmed', ending: { exitStatus: 0 } }, 100);
    expect(lie).toContain('says that it worked, but not all is well: it is stopped');
    expect(renderGuardStory({ ...story, outcome: 'done' }, 200)).toContain('and yet it did what it is for');
    expect(renderGuardStory({ ...story, ending: {} }, 100)).toContain('a status that nobody saw');
  });

  it('cannot be used to fool a terminal', () => {
    const checks = [{ what: nasty, result: nasty, detail: nasty }];
    const waysOut = [{ title: nasty, commands: [nasty], note: nasty }];
    const hostile = { ...story, instance: nasty, kind: nasty, checks, waysOut, diagnosis: nastyTriage, copy: nasty };
    expect(renderGuardStory(hostile, 80)).not.toMatch(treacherous);
    expect(renderGuardList([{ id: nasty, command: nasty, state: nasty, copyBytes: 1 }])).not.toMatch(treacherous);
  });
});

describe('crdoctor.guard/1', () => {
  const file = join(import.meta.dirname, '../../src/render/schemas/guard-1.schema.json');
  const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(file, 'utf8')) as object,
  );
  const complaints = (status: GuardStatus): unknown =>
    validate(JSON.parse(renderGuardJson(status))) ? [] : validate.errors;
  const status: GuardStatus = {
    id: '1',
    command: ['lxc', 'start', 'c1'],
    action: { engine: 'lxd', kind: 'start', instance: 'c1', wantsState: true },
    exitStatus: undefined,
    signal: 'SIGKILL',
    outcome: 'unknown',
    checks: [],
    move: undefined,
    verdict: undefined,
    forced: [],
    causes: [],
    copy: undefined,
    report: undefined,
    recovery: undefined,
  };

  it('holds for little and for much', () => {
    expect(complaints(status)).toEqual([]);
    const much: GuardStatus = {
      ...status,
      action: { ...status.action, snapshot: 's1' },
      exitStatus: 1,
      outcome: 'harmed',
      checks: [{ what: nasty, result: 'bad', detail: nasty }],
      verdict: 'blocked',
      forced: ['x'],
      causes: [{ cause: 'x', predicted: true }],
      copy: '/x',
      report: '/y',
      recovery: { kind: 'retry', worked: true, lines: [nasty] },
    };
    expect(complaints(much)).toEqual([]);
    expect(renderGuardJson(much)).not.toMatch(treacherous);
  });
});
