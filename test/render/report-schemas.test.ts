import { describe, expect, it } from 'vitest';

import { renderCheckJson } from '../../src/render/check-json.js';
import { renderTriageJson } from '../../src/render/triage-json.js';
import { artifact, missing, nastySummary, recordedSummary, summaryOf } from './report-samples.js';
import { complaintsBy } from './schema-complaints.js';
import { nastyAssessment, nastyTriage } from './samples.js';

const validator = (name: string) => (document: unknown) => complaintsBy(name, document);

describe('crdoctor.manifest/1', () => {
  const complaints = validator('manifest-1');
  const stderr = { path: 'source/criu.version.stderr.txt', bytes: 1, sha256: 'a'.repeat(64) };
  const { manifest } = summaryOf([artifact({ stderr }), missing('host.dmesg', 'denied', 'Operation not permitted')]);

  it('holds for reports', async () => {
    expect(complaints(manifest)).toEqual([]);
    expect(complaints((await recordedSummary('bad-mount-unsupported-fs')).manifest)).toEqual([]);
  });

  it.each([
    ['a file outside of the report', artifact({ path: '../etc/shadow' })],
    ['a file outside, further down', artifact({ path: 'source/../../etc/shadow' })],
    ['an absolute path', artifact({ path: '/etc/shadow' })],
    ['a file without its checksum', { ...missing('x', 'ok', ''), path: 'source/x' }],
    ['a standard error that lies outside', artifact({ stderr: { path: '../x', bytes: 1, sha256: 'a'.repeat(64) } })],
    ['a checksum of another kind', artifact({ sha256: 'abc' })],
    ['a status that nobody knows', { ...artifact(), status: 'fine' }],
    ['a time that is no time', artifact({ startedAt: 'yesterday' })],
    ['a key that nobody knows', { ...artifact(), extra: 1 }],
  ])('refuses %s', (_, broken) => {
    expect(complaints({ ...manifest, artifacts: [broken] })).not.toEqual([]);
  });

  it('refuses a time of creation that is none', () => {
    expect(complaints(nastySummary.manifest)).not.toEqual([]);
  });
});

describe('crdoctor.findings/1', () => {
  const complaints = validator('findings-1');
  const check = JSON.parse(renderCheckJson(nastyAssessment)) as object;
  const triage = JSON.parse(renderTriageJson(nastyTriage)) as object;

  it('holds what check and triage print', () => {
    expect(complaints({ schema: 'crdoctor.findings/1', check, triage })).toEqual([]);
    expect(complaints({ schema: 'crdoctor.findings/1', check: null, triage: null })).toEqual([]);
  });

  it('refuses what they would not print', () => {
    expect(complaints({ schema: 'crdoctor.findings/1', check: triage, triage: check })).not.toEqual([]);
    expect(complaints({ schema: 'crdoctor.findings/1', check: {} })).not.toEqual([]);
  });
});

describe('crdoctor.redactions/1', () => {
  const complaints = validator('redactions-1');
  const entry = { rule: 'config-user', artifact: 'engine.config.expanded', line: 12, count: 1 };

  it('holds for a ledger', () => {
    expect(complaints({ schema: 'crdoctor.redactions/1', entries: [entry, { ...entry, line: 0 }] })).toEqual([]);
    expect(complaints({ schema: 'crdoctor.redactions/1', entries: [] })).toEqual([]);
  });

  it('has no place for a value', () => {
    expect(complaints({ schema: 'crdoctor.redactions/1', entries: [{ ...entry, value: 'secret' }] })).not.toEqual([]);
  });
});
