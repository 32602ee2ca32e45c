/** Another host over a real ssh: b calls a, which has the containers, through an sshd of this test's own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type CheckReport, isLabUp, json, must, onHost, type Ran } from './lab.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const labScript = fileURLToPath(new URL('../../.lab/lab.sh', import.meta.url));
const place = '/root/ssh-lab';
const user = 'ssh-tester';
/** Of nobody in a container: their processes are seen here as well. */
const uid = 54_321;
const address = '10.99.0.1';

/** An sshd for each way in which the far side is to be another one. */
const setUp = `
set -e
mkdir -p ${place}/slow ${place}/bb
useradd --uid ${uid} --password '*' --create-home --shell /bin/bash ${user}
install -d -m 700 -o ${user} /home/${user}/.ssh
install -m 600 -o ${user} /root/.ssh/authorized_keys /home/${user}/.ssh/authorized_keys
printf 'echo Welcome to the machine; printf "\\033[2J\\\\0"; echo "crd_run 1"\\n' >/home/${user}/.bashrc
printf '#!/bin/sh\\nsleep 3\\nexec /usr/bin/lxc "$@"\\n' >${place}/slow/lxc
chmod 755 ${place}/slow/lxc
ssh-keygen -q -t ed25519 -N '' -f ${place}/other_key
if busybox=$(command -v busybox); then for name in $($busybox --list); do ln -s $busybox ${place}/bb/$name; done; fi
if [ -d /etc/sudoers.d ]; then echo '${user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/${user}; fi
serve() { # port, key, PATH
  printf '%s\\n' "Port $1" 'ListenAddress ${address}' "HostKey $2" 'UsePAM no' 'PasswordAuthentication no' \\
    'PermitRootLogin prohibit-password' "SetEnv PATH=$3" "PidFile ${place}/$1.pid" 'LogLevel INFO' >${place}/$1.conf
  /usr/sbin/sshd -f ${place}/$1.conf -E ${place}/$1.log
}
usual=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
serve 2222 /etc/ssh/host_key $usual
serve 2223 ${place}/other_key $usual
serve 2224 /etc/ssh/host_key ${place}/slow:$usual
serve 2225 /etc/ssh/host_key ${place}/bb
`;

const tearDown = `
for port in 2222 2223 2224 2225; do if [ -s ${place}/$port.pid ]; then kill "$(cat ${place}/$port.pid)"; fi; done
userdel --remove ${user} 2>/dev/null
rm -rf ${place} /etc/sudoers.d/${user}
`;

const onA = (script: string): string => must('bash', '-c', script);
const called = (...argv: readonly string[]): Ran => onHost('b', ['node', cli, ...argv]);
const here = (...argv: readonly string[]): Ran => onHost('a', ['node', cli, ...argv]);
const hasSudo = (): boolean => onHost('a', ['sh', '-c', 'command -v sudo']).status === 0;
const loginsTo = (port: number): number =>
  onA(`cat ${place}/${port}.log`)
    .split('\n')
    .filter((line) => line.includes('Accepted publickey')).length;
const withoutPlace = (ran: Ran): unknown => JSON.parse(ran.stdout.replace(/"where": "[^"]*"/, '"where": ""'));

describe.runIf(isLabUp)('a host over ssh', { timeout: 120_000 }, () => {
  beforeAll(() => {
    onA(`(${tearDown}) 2>/dev/null; true`);
    onA(setUp);
  });
  afterAll(() => {
    onHost('a', ['bash', '-c', tearDown]);
    onHost('b', ['sh', '-c', `sed -i '/:2223 /d' /root/.ssh/known_hosts`]);
  });

  it.each([['good'], ['bad-netdev-unsupported'], ['bad-device-file-unsupported'], ['default']])(
    'is judged as by itself: %s',
    (name) => {
      const far = called('check', '--on', 'ssh:a', name, '--format', 'json');
      const near = here('check', name, '--format', 'json');
      expect(withoutPlace(far), far.stderr).toEqual(withoutPlace(near));
      expect(far.status).toBe(near.status);
    },
  );

  it('is judged as by itself without a container', () => {
    const far = called('check', '--on', `ssh:root@${address}`, '--format', 'json');
    expect(withoutPlace(far), far.stderr).toEqual(withoutPlace(here('check', '--format', 'json')));
  });

  it('is called once for a check and once for a report, and nothing stays there', () => {
    const before = loginsTo(2222);
    expect(called('check', '--on', `ssh:${address}:2222`, 'good').status).toBe(0);
    expect(loginsTo(2222)).toBe(before + 1);
    expect(called('report', '--on', `ssh:${address}:2222`, 'good', '--show').status).toBe(0);
    expect(loginsTo(2222)).toBe(before + 2);
    // The client of LXD makes itself an empty configuration, whoever runs it.
    const made = /\/(?!ssh-tester$|\.config$|lxc$|config\.yml$)[^/\n]+$/m;
    onA(`touch ${place}/mark`);
    called('check', '--on', `ssh:${user}@${address}:2222`);
    expect(onA(`find / -xdev -user ${user} -newer ${place}/mark 2>/dev/null | grep -v '^/proc/' || true`)).not.toMatch(
      made,
    );
    expect(onA(`pgrep -u ${user} || true`)).toBe('');
  });

  it('says which host an instance is not on', () => {
    const ran = called('check', '--on', 'ssh:a', 'nosuch');
    expect(ran.stderr).toMatch(/^crdoctor: ssh:a: LXD has no instance "nosuch"$/m);
    expect(ran.status).toBe(2);
  });

  it.each([
    ['that is not there', 'ssh:nosuch.invalid', /no host of this name/],
    ['without an sshd', `ssh:${address}:2299`, /cannot be reached/],
    ['that does not let us in', `ssh:nobody@${address}`, /does not let us in/],
    ['that is not known', `ssh:${address}:2223`, /key of the host is not known/],
  ])('%s is one clear line', (_, where, message) => {
    const ran = called('check', '--on', where, 'good', '--progress', 'off');
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trim().split('\n')).toHaveLength(2);
    expect(ran.status).toBe(5);
  });

  it('with another key than before is one clear line', () => {
    const add = `printf '[${address}]:2223 %s\\n' "$(cut -d ' ' -f 2,3 /root/.ssh/known_hosts | head -n 1)" >>/root/.ssh/known_hosts`;
    onHost('b', ['sh', '-c', add]);
    const ran = called('check', '--on', `ssh:${address}:2223`, '--progress', 'off');
    expect(ran.stderr).toMatch(/key of the host is another one than before/);
    expect(ran.status).toBe(5);
  });

  it('that prints rubbish first is heard out, and a user without rights is told of it', () => {
    const ran = called('check', '--on', `ssh:${user}@${address}:2222`, 'good', '--format', 'json');
    expect(ran.stderr).toMatch(/not root, so some things cannot be seen; --sudo/);
    expect(ran.status).toBe(5);
    const host = called('check', '--on', `ssh:${user}@${address}:2222`, '--format', 'json');
    expect(json<CheckReport>(host).verdict).toMatch(/^(unknown|blocked)$/);
  });

  it('is looked at as root by sudo', (context) => {
    if (!hasSudo()) context.skip('host a has no sudo');
    const ran = called('check', '--sudo', '--on', `ssh:${user}@${address}:2222`, 'good', '--format', 'json');
    expect(withoutPlace(ran), ran.stderr).toEqual(withoutPlace(here('check', 'good', '--format', 'json')));
  });

  it('without sudo says so when it is asked for', (context) => {
    if (hasSudo()) context.skip('host a has sudo');
    const ran = called('check', '--sudo', '--on', `ssh:${user}@${address}:2222`, 'good');
    expect(ran.stderr).toMatch(/there is no sudo there/);
    expect(ran.status).toBe(5);
  });

  it('that is lost half-way is no verdict, and leaves nothing', { timeout: 60_000 }, async () => {
    const child = spawn('bash', [labScript, 'exec', 'b', 'node', cli, 'check', '--on', `ssh:${address}:2224`, 'good']);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = once(child, 'exit');
    const sessions = `pgrep -P "$(cat ${place}/2224.pid)"`;
    onA(
      `for i in $(seq 100); do ${sessions} >/dev/null && pgrep -f '${place}/[s]low/lxc' >/dev/null && break; sleep 0.1; done`,
    );
    onA(`for pid in $(${sessions}); do kill -9 $pid $(pgrep -P $pid); done; true`);
    const [status] = (await ended) as [number];
    expect(stderr).toMatch(/ssh:10\.99\.0\.1:2224: the connection was lost/);
    expect(status).toBe(5);
  });

  it('with the programs of busybox alone is judged the same', (context) => {
    if (onHost('a', ['test', '-e', `${place}/bb/sh`]).status !== 0) context.skip('host a has no busybox');
    const far = called('check', '--on', `ssh:${address}:2225`, 'good', '--format', 'json');
    // Its ip does not tell of what kind a link is.
    const told = (ran: Ran): readonly string[] =>
      json<CheckReport>(ran)
        .findings.filter(({ cause }) => cause !== 'netdev-unsupported')
        .map(({ cause, phase, outcome, message }) => `${cause} ${phase} ${outcome} ${message}`)
        .toSorted();
    expect(told(far), far.stderr).toEqual(told(here('check', 'good', '--format', 'json')));
  });
});
