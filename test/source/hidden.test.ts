/** What has to be asked of the kernel beside its files: mounts of directories, huge pages, options of sockets. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { readTasks } from '../../src/source/local-tasks.js';
import { holdShell, type HeldProcess } from './held-process.js';

const directory = mkdtempSync(join(tmpdir(), 'crdoctor-hidden-'));
const held: HeldProcess[] = [];
afterAll(async () => {
  await Promise.all(held.map((each) => each.end()));
  rmSync(directory, { recursive: true });
});

async function reading(script: string, path = '/usr/sbin:/usr/bin:/sbin:/bin'): Promise<string> {
  const holder = await holdShell(script, directory);
  held.push(holder);
  const { content } = await readTasks(holder.pid, 1_000_000, { env: { PATH: path } });
  return content?.toString() ?? '';
}

const isRoot = process.getuid?.() === 0;
const perl = (text: string): string => `perl -MSocket -e '${text}; $| = 1; print 1; <STDIN>'`;

// Without root a security module may keep siblings from each other.
describe.runIf(isRoot)('sockets', () => {
  it.each([
    ['a corked one', 'socket(my $s, PF_INET, SOCK_DGRAM, 0); setsockopt($s, 17, 1, 1)', /^option \d+ cork$/m],
    ['a plain one', 'socket(my $s, PF_INET, SOCK_DGRAM, 0)', /^option \d+ -$/m],
    ['a member of a high netlink group', 'socket(my $s, 16, 3, 0); setsockopt($s, 270, 1, 33)', /^option \d+ groups$/m],
    ['a member of a low one', 'socket(my $s, 16, 3, 0); setsockopt($s, 270, 1, 1)', /^option \d+ member$/m],
    [
      'one that gets credentials',
      'socketpair(my $s, my $t, AF_UNIX, SOCK_DGRAM, 0); setsockopt($s, SOL_SOCKET, 16, 1)',
      /^option \d+ (control\noption \d+ -|-\noption \d+ control)$/m,
    ],
  ])('%s', async (_, script, pattern) => {
    expect(await reading(perl(script))).toMatch(pattern);
  });
});

it('asks nobody without perl', async () => {
  expect(await reading(perl('socket(my $s, PF_INET, SOCK_DGRAM, 0)'), directory)).not.toMatch(/^option /m);
});

describe('places', () => {
  it('in plain sight are not told', async () => {
    expect(await reading('echo ready; cat')).toMatch(/\n== places\n==/);
  });

  it.runIf(isRoot)('on a mount that is gone are told', async () => {
    const script = 'mkdir d; mount -t tmpfs none d; cd d; umount -l ../d; echo ready; exec cat';
    expect(await reading(`exec unshare --mount sh -c '${script}'`)).toMatch(/\n== places\nplace \d+ cwd \d+ \/\n==/);
  });

  it.runIf(isRoot)('that something was mounted upon are told', async () => {
    const script = 'mkdir e; cd e; mount -t tmpfs none ../e; echo ready; exec cat';
    expect(await reading(`exec unshare --mount sh -c '${script}'`)).toMatch(
      /\n== places\nplace \d+ cwd \d+ \S+\/e\n==/,
    );
  });
});

it.runIf(existsSync('/sys/kernel/mm/hugepages/hugepages-2048kB'))('huge pages', async () => {
  const text = await reading(perl('my $n = "x"; syscall(319, $n, 0) if $^O eq "linux"'));
  if (process.arch !== 'x64') return;
  expect(text).toMatch(/^fd \d+ .* \/memfd:x \(deleted\)$/m);
  expect(text).toMatch(/^huge \d+ \d+:\d+ 2048 \d+$/m);
});
