/** What the lab recorded goes through parsers, facts and rules to the finding; its logs to the diagnosis. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { Collected } from '../../src/evidence/collect.js';
import { readLogs } from '../../src/evidence/logs.js';
import { deriveFacts } from '../../src/facts/derive.js';
import { assess } from '../../src/findings/assess.js';
import { diagnose, watchedWords } from '../../src/findings/diagnose.js';
import type { Assessment, Finding, Triage } from '../../src/findings/finding.js';
import { loadRules } from '../../src/rules/load.js';
import { openLogs } from '../../src/source/log-files.js';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const rules = await loadRules();
const recorded = readdirSync(`${fixtures}/hosts`).map((file) => file.replace('.json', ''));
const logs = readdirSync(`${fixtures}/logs`);

function judge(name: string): Assessment {
  const collected = JSON.parse(readFileSync(`${fixtures}/hosts/${name}.json`, 'utf8')) as Collected;
  const { engine, host, instance, ofInstance } = collected;
  const factSet = deriveFacts({
    engine,
    source: host,
    instance: instance === undefined ? undefined : { name: instance.name, evidence: ofInstance },
  });
  const operation = instance === undefined ? 'host' : 'stop';
  return assess(rules.causes, factSet, { operation, subject: { operation, source: { where: 'recorded' } } });
}

const firing = (name: string): readonly Finding[] => judge(name).findings.filter(({ outcome }) => outcome === 'fires');

async function triage(name: string): Promise<Triage> {
  const inputs = await openLogs([`${fixtures}/logs/${name}`], () => process.stdin);
  return diagnose(rules, await readLogs(inputs, { words: watchedWords(rules) }));
}

/** Fixtures of Incus begin with its name; Incus does not even try to save a default container. */
const defaults: Readonly<Record<string, string>> = {
  default: 'console-not-restorable',
  'incus-default': 'migration-stateful-off',
};
const causeOf = (name: string): string => defaults[name] ?? name.replace(/^(?:incus-)?bad-/, '');

const isGood = (name: string): boolean => /^(?:incus-)?good/.test(name);

describe('recorded evidence', () => {
  it.each(recorded.filter((name) => /^(?:incus-)?bad-/.test(name)))('%s fires the cause of its name', (name) => {
    expect(firing(name).map(({ cause }) => cause)).toContain(causeOf(name));
  });

  it.each(['good', 'host', 'incus-good', 'incus-host'])('%s has nothing that blocks or could not be told', (name) => {
    const { verdict, findings } = judge(name);
    expect(verdict).toMatch(/^(ready|at-risk)$/);
    expect(
      findings.filter(({ outcome }) => outcome === 'unknown').map(({ cause, missing }) => ({ cause, missing })),
    ).toEqual([]);
  });

  it('default dumps and is never restored', () => {
    const blockers = firing('default').filter(({ severity }) => severity === 'blocker');
    expect(blockers.map(({ cause, phase }) => [cause, phase])).toContainEqual(['console-not-restorable', 'restore']);
    expect(blockers.filter(({ phase }) => phase === 'dump')).toEqual([]);
  });

  it('a default container of Incus is not saved, and would not be restored either', () => {
    const blockers = firing('incus-default').filter(({ severity }) => severity === 'blocker');
    expect(blockers.map(({ cause, phase }) => `${phase}: ${cause}`).toSorted()).toEqual([
      'dump: migration-stateful-off',
      'restore: console-not-restorable',
      'restore: idmapped-rootfs-restore',
      'restore: lsm-profile-restore',
      'restore: migration-stateful-off',
    ]);
  });

  it.each(recorded)('%s leaves no question about a blocker open', (name) => {
    const open = judge(name).findings.filter(
      ({ outcome, severity }) => outcome === 'unknown' && severity === 'blocker',
    );
    expect(open.map(({ cause, missing }) => ({ cause, missing }))).toEqual([]);
  });
});

describe('recorded logs', () => {
  it.each(logs.filter((name) => !isGood(name)))('%s: its cause is named first', async (name) => {
    const { result, diagnoses } = await triage(name);
    expect(result).toBe('diagnosed');
    expect(diagnoses[0]?.cause).toBe(causeOf(name));
  });

  it.each(logs.filter(isGood))('%s: silent', async (name) => {
    expect(await triage(name)).toMatchObject({ result: 'no-failure', diagnoses: [] });
  });

  it.each(['default', 'bad-console-not-restorable'])('%s: what the terminal shows is no cause', async (name) => {
    const { result, phase, diagnoses, notes } = await triage(`${name}/terminal.txt`);
    expect({ result, phase, diagnoses }).toEqual({ result: 'unexplained', phase: 'restore', diagnoses: [] });
    expect(notes.join()).toContain('--show-log');
  });

  it('liblxc alone tells that the log of CRIU tells why', async () => {
    const { result, phase, notes } = await triage('bad-device-file-unsupported/lxc.log.gz');
    expect({ result, phase }).toEqual({ result: 'unexplained', phase: 'dump' });
    expect(notes.join()).toContain('snapshot_dump_*.log');
  });
});
