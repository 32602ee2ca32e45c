/** The host itself, and the ways in which a container cannot be looked at. */

import { describe, expect, it } from 'vitest';

import { asNobody, type CheckReport, crdoctor, isLabUp, json, must, onHost, withoutDaemon } from './lab.js';

describe.runIf(isLabUp)('a host of the lab', { timeout: 120_000 }, () => {
  it('can checkpoint containers', () => {
    const ran = crdoctor('check', '--format', 'json');
    expect(json<CheckReport>(ran).verdict).toMatch(/^(ready|at-risk)$/);
    expect(ran.status).toBe(0);
  });

  it('is blocked without criu, and says so', () => {
    const ran = onHost('a', [
      'unshare',
      '--mount',
      'sh',
      '-c',
      'mount --bind /dev/null "$(command -v criu)" && exec crdoctor check',
    ]);
    expect(ran.status).toBe(3);
    expect(ran.stdout).toMatch(/criu/i);
  });

  it('is judged for strictness', () => {
    const relaxed = crdoctor('check', '--format', 'json');
    const strict = crdoctor('check', '--strict', '--format', 'json');
    expect(strict.status).toBe(json<CheckReport>(relaxed).verdict === 'at-risk' ? 4 : 0);
  });
});

describe.runIf(isLabUp)('names that are no container', { timeout: 120_000 }, () => {
  it.each([
    ['unknown', ['nosuch'], /nosuch/],
    ['close to a known one', ['goood'], /good/],
    ['with a path', ['../good'], /name/],
    ['with a space', ['my container'], /name/],
    ['with a newline', ['good\nbad'], /name/],
    ['with a leading dash', ['--', '-good'], /name/],
    ['empty', [''], /name/],
  ])('%s', (_, argv, message) => {
    // A slow lab would have progress to tell of.
    const ran = crdoctor('check', '--progress', 'off', ...argv);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });
});

describe.runIf(isLabUp)('an engine that does not answer', { timeout: 120_000 }, () => {
  it('is no verdict', () => {
    const ran = onHost('a', [...withoutDaemon, 'crdoctor', 'check', 'good']);
    expect(ran.status).toBe(5);
    expect(ran.stderr).toMatch(/LXD|lxd/);
  });

  it('without permission on its socket is no verdict either', () => {
    const ran = onHost('a', [...asNobody, 'crdoctor', 'check', 'good']);
    expect(ran.status).toBe(5);
    expect(ran.stderr).toMatch(/permission/i);
  });

  it('that hangs is given up after its time', () => {
    const hang =
      'd=$(mktemp -d); printf "#!/bin/sh\\nexec sleep 1000\\n" > $d/lxc; chmod 755 $d/lxc; PATH=$d:$PATH exec crdoctor check good --timeout 2';
    const started = Date.now();
    const ran = onHost('a', ['sh', '-c', hang]);
    expect(ran.status).toBe(5);
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});

describe.runIf(isLabUp)('a stopped container', { timeout: 120_000 }, () => {
  it('cannot be looked into', () => {
    must('lxc', 'init', '-q', 'mini', 'stopped');
    try {
      const ran = crdoctor('check', 'stopped');
      expect(ran.status).toBe(5);
      expect(ran.stderr).toMatch(/stopped|not running/);
    } finally {
      must('lxc', 'delete', '-f', 'stopped');
    }
  });
});
