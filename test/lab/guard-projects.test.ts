/** Guarded commands, checks and reports of an instance that is not in the default project. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { folder, guard, hookMs, program, writeTable } from './guard-lab.js';
import { isLabUp, labHost, must, onHost, type Ran } from './lab.js';

describe.runIf(isLabUp)('guard in a project', { timeout: 300_000 }, () => {
  const project = `lab-${folder.replace(/^.*-/, '')}`;
  const name = 'eight';
  const raw = 'raw.lxc=lxc.pty.max = 1\nlxc.apparmor.profile =\n';
  const rootfs = `/var/lib/lxd/containers/${project}_${name}/rootfs`;
  const count = (): number => Number(must('cat', `${rootfs}/root/counter`).trim().split(/\s+/).at(-1));
  const inProject = (...words: readonly string[]): readonly string[] => ['lxc', `--project=${project}`, ...words];

  beforeAll(() => {
    must('mkdir', '-p', folder);
    must('lxc', 'project', 'create', '-q', project, '-c', 'features.profiles=false', '-c', 'features.images=false');
    must(...inProject('init', '-q', 'mini', name, '-c', 'security.privileged=true', '-c', raw));
    must(...inProject('start', '-q', name));
    must('sh', '-c', `for i in $(seq 100); do [ -s ${rootfs}/root/counter ] && exit; sleep 0.1; done; exit 1`);
  }, hookMs);
  afterAll(() => {
    onHost(labHost, inProject('delete', '-q', '-f', name));
    onHost(labHost, ['lxc', 'project', 'delete', '-q', project]);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);

  it('refuses to save a state that LXD would bring back under another name', () => {
    const before = count();
    const refused = guard('--', ...inProject('stop', name, '--stateful'));
    expect(refused.status, refused.shown).toBe(125);
    expect(refused.stderr).toContain('restore-in-project');
    expect(count()).toBeGreaterThanOrEqual(before);
  });

  it('is checked and reported by its name alone, as no other project has that', () => {
    const checked = onHost(labHost, ['env', `--chdir=${folder}`, 'node', program, 'check', name, '--format', 'json']);
    expect(checked.status, checked.shown).toBe(0);
    const reported = onHost(labHost, ['env', `--chdir=${folder}`, 'node', program, 'report', name, '-o', 'r.tar.gz']);
    expect(reported.status, reported.shown).toBe(0);
    const files = must('tar', 'tzf', `${folder}/r.tar.gz`);
    expect(files).toMatch(/\/source\/instance\.log\/lxc\.log/);
    expect(must('tar', 'xzOf', `${folder}/r.tar.gz`, '--wildcards', '*/engine.info.instance.txt')).toContain(name);
  });

  it('forced, sees through a start that says it worked, and has a copy of the state', () => {
    const force = ['--force', 'restore-in-project', '--reason', 'to see it'];
    const stopped = guard(...force, '--', ...inProject('stop', name, '--stateful'));
    expect(stopped.status, stopped.shown).toBe(0);
    const ran: Ran = guard(...force, '--', ...inProject('start', name));
    // What it brought back runs under the bare name, which no command of LXD reaches.
    onHost(labHost, ['sh', '-c', `for i in $(pgrep -f '^.lxc monitor. .* ${name}$'); do pkill -9 -P $i; done`]);
    expect(ran.status, ran.shown).not.toBe(0);
    expect(ran.stderr).toMatch(/NO: goal: it is stopped/);
    expect(ran.stderr).toContain('A copy of the saved state is in');
    expect(ran.stderr).toContain(`lxc --project=${project} start local:${name}`);
  });
});
