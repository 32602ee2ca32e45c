import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { groupTriages } from '../../src/findings/group.js';
import { renderCheckJson } from '../../src/render/check-json.js';
import { renderGroupsJson } from '../../src/render/triage-groups-json.js';
import { renderTriageJson } from '../../src/render/triage-json.js';
import {
  assessment,
  comparison,
  finding,
  groups,
  nastyAssessment,
  nastyGroups,
  nastyTriage,
  story,
  triage,
} from './samples.js';

function schema(name: string): object {
  const file = join(import.meta.dirname, '../../src/render/schemas', `${name}.schema.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}

function validator(name: string, ...others: readonly string[]): (json: string) => unknown {
  const validate = new Ajv2020({ strict: true, allErrors: true, schemas: others.map(schema) }).compile(schema(name));
  return (json) => (validate(JSON.parse(json)) ? [] : validate.errors);
}

describe('crdoctor.check/1', () => {
  const complaints = validator('check-1');
  const target = { where: 'local', hostname: 'b' };

  it.each([
    ['a blocked container', assessment([finding()])],
    [
      'nothing at all',
      assessment([], { verdict: 'ready', subject: { operation: 'host', source: { where: 'local' } } }),
    ],
    ['a move', assessment([finding()], { subject: { operation: 'move', source: target, target } })],
    ['an unknown finding', assessment([finding({ outcome: 'unknown', occurrences: [], missing: ['criu.check'] })])],
    [
      'an occurrence with all its parts',
      assessment([finding({ occurrences: [{ side: 'instance', pid: 812, fd: 7, path: '/x', message: 'm' }] })]),
    ],
    ['hostile text', nastyAssessment],
  ] as const)('holds for %s', (_, sample) => {
    expect(complaints(renderCheckJson(sample))).toEqual([]);
  });

  it('refuses what it does not know', () => {
    const document = JSON.parse(renderCheckJson(assessment([finding()]))) as Record<string, unknown>;
    expect(complaints(JSON.stringify({ ...document, extra: 1 }))).not.toEqual([]);
    expect(complaints(JSON.stringify({ ...document, verdict: 'fine' }))).not.toEqual([]);
  });
});

describe('crdoctor.triage/1', () => {
  const complaints = validator('triage-1');

  it.each([
    ['a diagnosis', triage()],
    ['a good run', triage({ result: 'no-failure', signature: '', versions: {}, diagnoses: [], timeline: [] })],
    [
      'a failure without a cause',
      triage({ result: 'unexplained', diagnoses: [], unexplained: [{ file: 'a', line: 1, text: 'b' }] }),
    ],
    ['the story of a run', triage(story())],
    ['a comparison', triage({ comparison, command: 'lxc stop c1 --stateful', engine: 'lxd' })],
    ['statistics', triage({ statistics: [{ file: 's', dump: { pagesWritten: 1 }, restore: { restoreTimeUs: 2 } }] })],
    ['hostile text', nastyTriage],
  ] as const)('holds for %s', (_, sample) => {
    expect(complaints(renderTriageJson(sample))).toEqual([]);
  });
});

describe('crdoctor.triage-groups/1', () => {
  const complaints = validator('triage-groups-1', 'triage-1');

  it.each([
    ['several failures', groups],
    ['nothing that could be read', groupTriages([], [{ input: 'a', problem: 'a: is empty' }])],
    ['hostile text', nastyGroups],
  ] as const)('holds for %s', (_, sample) => {
    expect(complaints(renderGroupsJson(sample))).toEqual([]);
  });
});
