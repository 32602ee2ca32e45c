import { describe, expect, it } from 'vitest';

import type { Finding } from '../../src/findings/finding.js';
import { renderCheckJunit } from '../../src/render/junit.js';
import { renderGroupsJunit, renderTriageJunit } from '../../src/render/triage-junit.js';
import { assessment, finding, groups, noContext, triage } from './samples.js';

function suiteOf(overrides: Partial<Finding>, strict = false): string {
  const page = renderCheckJunit(assessment([finding(overrides)]), { ...noContext, strict });
  return /<testsuite [^>]*>/.exec(page)?.[0] ?? '';
}

describe('renderCheckJunit', () => {
  it.each([
    ['a blocker', {}, false, 'failures="1" errors="0" skipped="0"'],
    ['a risk', { severity: 'risk' }, false, 'failures="0" errors="0" skipped="0"'],
    ['a risk, strictly', { severity: 'risk' }, true, 'failures="1" errors="0" skipped="0"'],
    ['a notice, strictly', { severity: 'notice' }, true, 'failures="0" errors="0" skipped="0"'],
    ['an undecided blocker', { outcome: 'unknown' }, false, 'failures="0" errors="1" skipped="0"'],
    ['an undecided risk', { outcome: 'unknown', severity: 'risk' }, false, 'failures="0" errors="0" skipped="1"'],
    ['what does not apply', { outcome: 'not-applicable' }, false, 'failures="0" errors="0" skipped="1"'],
    ['what was not found', { outcome: 'quiet' }, false, 'failures="0" errors="0" skipped="0"'],
  ] as const)('counts %s', (_, overrides, strict, expected) => {
    expect(suiteOf(overrides, strict)).toContain(`tests="1" ${expected}`);
  });

  it('names the test case after cause and phase', () => {
    const page = renderCheckJunit(assessment([finding()]), noContext);
    expect(page).toContain('<testcase classname="crdoctor.check.restore" name="console-not-restorable">');
    expect(page).toContain('<failure message="lxc.pty.max is 1024 and no console path is set" type="blocker">');
  });
});

describe('renderGroupsJunit', () => {
  it('gives each failure a suite, and an error to what could not be read', () => {
    const page = renderGroupsJunit(groups.inputs, groups.unread);
    expect(page).toContain('<testsuites name="crdoctor triage" tests="4" failures="2" errors="1"');
    expect(page).toContain('<error message="d: no such file or directory" type="unread"/>');
    expect(page).toMatch(
      /<testsuite name="a\.tar\.gz"[^>]*>\s*<properties>\s*<property name="result" value="diagnosed"/,
    );
  });
});

describe('renderTriageJunit', () => {
  it('fails for a diagnosis, is in error without one, passes for a good run', () => {
    expect(renderTriageJunit(triage())).toContain('tests="1" failures="1" errors="0"');
    expect(renderTriageJunit(triage({ result: 'unexplained', diagnoses: [] }))).toContain(
      'tests="1" failures="0" errors="1"',
    );
    expect(renderTriageJunit(triage({ result: 'no-failure', diagnoses: [] }))).toContain(
      'tests="1" failures="0" errors="0"',
    );
  });
});
