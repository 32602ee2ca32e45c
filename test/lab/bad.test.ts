/** What check says will fail does fail, and triage of the real log names the same cause. */

import { randomUUID } from 'node:crypto';

import { afterAll, describe, expect, it } from 'vitest';

import {
  type CheckReport,
  containerNames,
  crdoctor,
  isLabUp,
  json,
  must,
  onHost,
  type Ran,
  repair,
  type TriageReport,
} from './lab.js';

interface Failure {
  readonly phase: 'dump' | 'restore';
  readonly ran: Ran;
}

/** Stops a container with its state and starts it again, as far as that goes. */
function freezeAndThaw(name: string): Failure | undefined {
  const stopped = onHost('a', ['lxc', 'stop', name, '--stateful']);
  if (stopped.status !== 0) return { phase: 'dump', ran: stopped };
  const started = onHost('a', ['lxc', 'start', name]);
  return started.status === 0 ? undefined : { phase: 'restore', ran: started };
}

/** The logs that a failed command left in the container's log directory, with its terminal output beside them. */
function evidenceOf(name: string, mark: string, { ran }: Failure): string {
  const directory = `/tmp/evidence-${name}`;
  must(
    'sh',
    '-c',
    'rm -rf "$1"; mkdir "$1"; find "/var/log/lxd/$2" -type f -newer "$3" -exec cp {} "$1" \\;',
    'sh',
    directory,
    name,
    mark,
  );
  expect(onHost('a', ['sh', '-c', 'cat > "$1"', 'sh', `${directory}/terminal.txt`], ran.shown).status).toBe(0);
  return directory;
}

const containers = containerNames.filter((name) => name.startsWith('bad-'));

describe.runIf(isLabUp)('containers that do not survive', { timeout: 300_000 }, () => {
  afterAll(() => repair());

  it('are there', () => {
    expect(containers.length).toBeGreaterThanOrEqual(8);
  });

  it.each(containers)('%s', (name) => {
    const cause = name.replace('bad-', '');
    const mark = `/tmp/mark-${randomUUID()}`;
    must('touch', mark);

    const report = json<CheckReport>(crdoctor('check', name, '--format', 'json'));
    const named = report.findings.filter((finding) => finding.cause === cause && finding.outcome === 'fires');
    expect(named, `check ${name} names ${cause}`).not.toEqual([]);

    const failure = freezeAndThaw(name);
    expect(failure, `${name} survived`).toBeDefined();
    if (failure === undefined) return;
    expect(named.map(({ phase }) => phase)).toContain(failure.phase);

    const triage = json<TriageReport>(crdoctor('triage', evidenceOf(name, mark, failure), '--format', 'json'));
    expect(triage.diagnoses[0]?.cause, JSON.stringify(triage.diagnoses)).toBe(cause);
  });
});

describe.runIf(isLabUp)('a default container', { timeout: 300_000 }, () => {
  afterAll(() => repair());

  it('dumps, and is never restored, as check says', () => {
    const ran = crdoctor('check', 'default', '--format', 'json');
    const { findings } = json<CheckReport>(ran);
    const blockers = findings.filter(({ severity, outcome }) => severity === 'blocker' && outcome === 'fires');
    expect(blockers.length).toBeGreaterThan(0);
    expect(new Set(blockers.map(({ phase }) => phase))).toEqual(new Set(['restore']));
    expect(ran.status).toBe(3);
    expect(crdoctor('check', 'default').stdout).toMatch(/the dump will work, the restore will not/i);

    expect(freezeAndThaw('default')).toMatchObject({ phase: 'restore' });
  });
});
