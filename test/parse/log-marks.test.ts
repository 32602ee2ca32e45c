import { describe, expect, test } from 'vitest';

import { parseCommandHint, parseEnginePath } from '../../src/parse/log-command.js';
import { markOf, parseNamedThing, parseRunHeader } from '../../src/parse/log-marks.js';

describe('markOf', () => {
  test('tells dump and pre-dump apart', () => {
    expect(markOf('Dumping FAILED.')).toMatchObject({ step: 'dump failed', outcome: 'failed' });
    expect(markOf('Pre-dumping finished successfully')).toMatchObject({ step: 'pre-dump succeeded' });
  });

  test('knows the network lock with and without subsystem', () => {
    expect(markOf('Lock network')?.step).toBe('network lock');
    expect(markOf('net: Lock network')?.step).toBe('network lock');
  });

  test.each([
    ['freezing processes: 100 attempst with 100 ms steps', 'freeze', 'CRIU 3.0'],
    ['freezing cgroup /sys/fs/cgroup/lxc.payload.c1: 100 x 100ms attempts, timeout: 10s', 'freeze', 'CRIU 4.1'],
    ['Dumping processes (pid: 17)', 'preparation', 'CRIU 2.2'],
    ["Dumping 1(64026)'s namespaces", 'namespaces', 'all'],
    ['cg: Dumping 3 sets', 'cgroups', 'all'],
    ['mnt: Restoring mount namespace', 'mounts', 'the old mount engine'],
    ['mnt-v2: Create plain mountpoint /tmp/.criu.mntns.x/mnt-0000000199 for 199', 'mounts', 'the new one'],
    ['Restore finished successfully. Resuming tasks.', 'restore succeeded', 'CRIU 3.13'],
  ])('%s -> %s (%s)', (message, step) => {
    expect(markOf(message)?.step).toBe(step);
  });

  test('tells when tasks are stopped and let go', () => {
    expect(markOf('freezing processes: 2 attempts done')).toMatchObject({ tasks: 'stopped' });
    expect(markOf('Unfreezing tasks into 1')).toMatchObject({ tasks: 'released' });
  });

  test('is not taken in by the name of a file', () => {
    expect(markOf('Dumping path for 5 fd via self 20 [/tmp/Dumping finished successfully]')).toBeUndefined();
    expect(markOf('Error (cr-dump.c:1): Dumping FAILED.', true)).toMatchObject({ outcome: 'failed' });
  });

  test('passes by everything else', () => {
    expect(markOf('cg: Set 1 is criu one')).toBeUndefined();
  });
});

describe('parseRunHeader', () => {
  test('reads the versions', () => {
    expect(parseRunHeader('Version: 3.17.1 (gitid 0)')).toEqual({ criu: '3.17.1', isFirst: true });
    expect(parseRunHeader('Running on lab-d Linux 6.18.44-fc-v595 #1 SMP PREEMPT_DYNAMIC @0 x86_64')).toEqual({
      kernel: '6.18.44-fc-v595',
      isFirst: false,
    });
  });

  test('is not misled by other words', () => {
    expect(parseRunHeader('Version: unknown')).toBeUndefined();
    expect(parseRunHeader('Running pre-dump scripts')).toBeUndefined();
  });
});

describe('parseNamedThing', () => {
  test('reads a task', () => {
    expect(parseNamedThing('Dumping task (pid: 139 comm: vlc)')).toEqual({ what: 'task', id: '139', name: 'vlc' });
  });

  test('reads a mount of dump and of restore', () => {
    expect(
      parseNamedThing(
        '\ttype fuse.sshfs source store:/vol mnt_id 731 s_dev 0x3b / @ ./home/kim flags 0x300000 options ',
      ),
    ).toEqual({ what: 'mount', id: '731', name: '/home/kim' });
    expect(parseNamedThing('mnt: \tRead 163 mp @ /data')).toEqual({ what: 'mount', id: '163', name: '/data' });
  });
});

describe('parseCommandHint', () => {
  test.each([
    ['incus move -q i2 d:', { engine: 'incus', operation: 'migrate' }],
    ['lxc stop k1 --stateful', { engine: 'lxd', operation: 'dump' }],
    ['lxc-checkpoint -r -D /x -n p1', { engine: 'lxc', operation: 'restore' }],
    ['docker stop -t 0 z1; docker start --checkpoint cp z1', { engine: 'docker', operation: 'restore' }],
    ['podman --runtime runc container checkpoint st', { engine: 'podman', operation: 'dump' }],
    ['criu restore -D /lab/img -o restore.log -v4 -d', { engine: 'criu', operation: 'restore' }],
  ])('%s', (line, hint) => {
    expect(parseCommandHint(line)).toMatchObject(hint);
  });

  test('reads the words of the engines', () => {
    expect(parseCommandHint('Error: Error transferring instance data: migration restore failed')).toEqual({
      operation: 'migrate',
      phase: 'restore',
    });
    expect(parseCommandHint('Try `lxc info --show-log k1` for more info')).toEqual({ engine: 'lxd' });
    expect(parseCommandHint('nothing of the kind')).toEqual({});
  });
});

test('parseEnginePath believes the paths an engine hands to CRIU, and no other names', () => {
  expect(parseEnginePath('Script /tmp/incus_checkpoint_952585391/action.sh exited with -1')).toEqual({
    engine: 'incus',
  });
  expect(parseEnginePath('Dumping path for 0 fd via self 21 [/var/lib/lxd/x]')).toEqual({ engine: 'lxd' });
  expect(parseEnginePath('cg:     `- [memory] -> [/docker/bd8654c67e05] [0]')).toEqual({});
});
