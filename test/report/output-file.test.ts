import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findLeftovers, outputPath, reportName } from '../../src/report/output-file.js';
import { parseWanted } from '../../src/report/wanted.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'crdoctor-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const now = new Date('2026-11-20T15:51:32.123Z');

describe('where a report goes', () => {
  it('is named after the instance and the time', () => {
    expect(outputPath({ cwd: '/tmp', given: undefined, subject: 'c1', now })).toBe(
      '/tmp/crdoctor-c1-20261120T155132Z.tar.gz',
    );
    expect(reportName('../ü\n', now)).toBe('crdoctor-..___-20261120T155132Z');
    expect(reportName('', now)).toBe('crdoctor-host-20261120T155132Z');
  });

  it('can be said', () => {
    expect(outputPath({ cwd: directory, given: 'x.tar.gz', subject: 'c1', now })).toBe(join(directory, 'x.tar.gz'));
    expect(() => outputPath({ cwd: directory, given: directory, subject: 'c1', now })).toThrow(/is a directory/);
    expect(() => outputPath({ cwd: directory, given: '', subject: 'c1', now })).toThrow(/empty/);
  });

  it('is looked over for what killed runs left', () => {
    const dead = join(directory, '.crdoctor-c1.tar.gz.part-4194304');
    for (const path of [dead, join(directory, `.x.tar.gz.part-${process.pid}`), join(directory, 'other')]) {
      writeFileSync(path, '');
    }
    expect(existsSync('/proc/4194304')).toBe(false);
    expect(findLeftovers(join(directory, 'y.tar.gz'))).toEqual([dead]);
    expect(findLeftovers('/nonexistent/y.tar.gz')).toEqual([]);
  });
});

describe('--only', () => {
  it('takes ids and all that begins with them', () => {
    const wants = parseWanted('host.dmesg, instance.log');
    expect(['host.dmesg', 'instance.log.lxc.log', 'instance.logs', 'host.uname'].map(wants)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(parseWanted(undefined)('anything')).toBe(true);
    expect(parseWanted('instance.log.lxc.log')('instance.log.lxc.log')).toBe(true);
  });

  it.each([
    ['host.dmseg', /there is no such evidence/],
    ['', /names nothing/],
    [' , ', /names nothing/],
    ['instance.logx', /there is no such evidence/],
  ])('refuses %j', (text, message) => {
    expect(() => parseWanted(text)).toThrow(message);
  });
});
