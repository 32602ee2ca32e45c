import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readTasks } from '../../src/source/local-tasks.js';
import { holdScript, holdShell, type HeldProcess } from './held-process.js';

const directory = mkdtempSync(join(tmpdir(), 'crdoctor-tasks-'));
const held: HeldProcess[] = [];
afterAll(async () => {
  await Promise.all(held.map((each) => each.end()));
  rmSync(directory, { recursive: true });
});

async function read(pid: number, maxBytes = 1_000_000): Promise<string> {
  const answer = await readTasks(pid, maxBytes, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  return answer.content?.toString() ?? answer.status;
}

describe('what a process holds', () => {
  let text = '';
  beforeAll(async () => {
    const holder = await holdScript(
      `const { openSync, unlinkSync, linkSync, mkdirSync, rmdirSync } = require('node:fs');
       openSync('plain', 'w');
       openSync('line\\nbreak\\\\', 'w');
       openSync('gone', 'w'); unlinkSync('gone');
       openSync('linked', 'w'); linkSync('linked', 'second'); unlinkSync('linked');
       openSync('a (deleted)', 'w');
       mkdirSync('below'); process.chdir('below'); rmdirSync('../below');
       const net = require('node:net');
       net.createServer().listen('../a socket', () => net.createServer().listen(0, '127.0.0.1', () => console.log('ready')));`,
      directory,
    );
    held.push(holder);
    text = await read(holder.pid);
  });

  it.each([
    ['a plain file', /^fd (\d+) \d+ \d+ \d+ \S+\/plain\nis \1 81[0-9a-f]{2} \S+ \d+ 1 0 0 0:0 same$/m],
    ['a name with a line break and a backslash', /^fd \d+ \S+ \S+ \S+ \S+\/line\\012break\\134\nis .* same$/m],
    ['a deleted file', /^fd (\d+) .*\/gone \(deleted\)\nis \1 81[0-9a-f]{2} \S+ \d+ 0 .* absent$/m],
    ['a file whose other name is left', /^fd (\d+) .*\/linked \(deleted\)\nis \1 81[0-9a-f]{2} \S+ \d+ 1 .* absent$/m],
    ['a file that is named as if it were deleted', /^fd \d+ .*\/a \(deleted\)\nis .* same$/m],
    ['its directory', /^cwd \S+\/below \(deleted\)\n(?:.*\n)*?is cwd 41[0-9a-f]{2} /m],
    ['a pipe', /^fd \d+ [0-7]+ \d+ (\d+) pipe:\[\1\]$/m],
    ['an epoll and what it watches', /^fd (\d+) .* anon_inode:\[eventpoll\]\ninfo \1 tfd: /m],
    ['its program', /^exe \/.*\nc?[^]*^elf 64$/m],
    ['a unix socket, in the table of its network namespace', /^== net net:\[\d+\]\n[^]*^net unix .* \.\.\/a socket$/m],
    ['a TCP socket there', /^net tcp .* 0100007F:[0-9A-F]{4} 00000000:0000 0A /m],
  ])('tells %s', (_, pattern) => {
    expect(text).toMatch(pattern);
  });

  it('tells nothing of other sockets, and ends whole', () => {
    const inodes = new Set([...text.matchAll(/ socket:\[(\d+)\]$/gm)].map(([, inode]) => inode));
    const rows = [...text.matchAll(/^net unix \S+ \S+ \S+ \S+ \S+ \S+ +(\d+)/gm)].map(([, inode]) => inode);
    expect(rows.filter((inode) => !inodes.has(inode))).toEqual([]);
    expect(text).toMatch(/\n== attached\n(?:== terminals\n(?:terminal \d+ \d+\n)*)?end 1\n$/);
  });

  it('asks for the protocol of sockets that stand in no table', async () => {
    const holder = await holdShell(
      "perl -MSocket -e 'socket(my $s, PF_INET, SOCK_STREAM, 0); $| = 1; print 1; <STDIN>'",
      directory,
    );
    held.push(holder);
    expect(await read(holder.pid)).toMatch(/^== sockets\nsocket \d+ TCP$/m);
    const without = await readTasks(holder.pid, 1_000_000, { env: { PATH: directory } });
    expect(without.content?.toString()).toMatch(/^== sockets\ncut sockets$/m);
  });
});

it('shows that it was cut off', async () => {
  const answer = await readTasks(process.pid, 100);
  expect(answer).toMatchObject({ status: 'truncated', reason: 'longer than 100 bytes' });
  expect(answer.content).toHaveLength(100);
});

it('gives other work its turn', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const holder = await holdShell(
    'for i in $(seq 60); do sleep 60 > /dev/null & p="$p $!"; done; echo ready; cat; kill $p',
    directory,
  );
  held.push(holder);
  for (let round = 0; round < 10; round++) await readTasks(process.pid, 10_000_000);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});
