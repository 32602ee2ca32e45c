import { describe, expect, it } from 'vitest';

import { readCheckWish, type CheckArguments } from '../../src/commands/check-options.js';

function wish(parsed: Partial<CheckArguments>): ReturnType<typeof readCheckWish> {
  return readCheckWish({ _: ['check'], format: 'text', progress: 'auto', ...parsed } as CheckArguments, '/srv');
}

describe('readCheckWish', () => {
  it.each([
    ['a host', {}, 'host'],
    ['a container', { instance: 'c1' }, 'stop'],
    ['a process', { pid: '812' }, 'dump'],
    ['a target', { instance: 'c1', to: 'local' }, 'move'],
    ['what was said', { instance: 'c1', for: 'snapshot' }, 'snapshot'],
    ['what was said of a host', { for: 'restore' }, 'restore'],
  ] as const)('judges by default what fits: %s', (_, parsed, operation) => {
    expect(wish(parsed).operation).toBe(operation);
  });

  it('takes a name behind --, whatever it begins with', () => {
    expect(wish({ _: ['check', '-odd'] }).instance).toBe('-odd');
  });

  it('takes a process for criu itself', () => {
    expect(wish({ pid: '812', 'criu-options': ' --shell-job  --tcp-established ' })).toMatchObject({
      pid: 812,
      engine: 'criu',
      criuOptions: ['--shell-job', '--tcp-established'],
    });
    expect(() => wish({ pid: '812', engine: 'lxd' })).toThrow('--pid judges a process for criu itself, not for lxd');
    expect(() => wish({ pid: '812', for: 'stop' })).toThrow('--for does not go with it');
  });

  it('knows where the images of a process will go', () => {
    expect(wish({ pid: '812' }).images).toBe('/srv');
    expect(wish({ pid: '812', 'criu-options': '-D images -j' }).images).toBe('/srv/images');
    expect(wish({ instance: 'c1' }).images).toBeUndefined();
  });

  it('refuses words that criu would not take for options', () => {
    expect(() => wish({ pid: '812', 'criu-options': '--shell-job maybe' })).toThrow('maybe is no option of criu');
  });

  it.each(['0', '-1', '1.5', '0x10', '4194305', ' 1', ''])('refuses the pid %j', (pid) => {
    expect(() => wish({ pid })).toThrow('is no process id');
  });
});
