import { describe, expect, it } from 'vitest';

import { renderCheckText } from '../../src/render/check-text.js';
import { assessment, finding, noContext, plain } from './samples.js';

describe('renderCheckText', () => {
  it('says first what the verdict means, then what and how to fix it', () => {
    expect(renderCheckText(assessment([finding()]), noContext, plain))
      .toBe(`BLOCKED  container c1 (lxd, host a): stop and start again with its state
The dump will work, the restore will not. Once stopped, it could not be started again with its
state.
local (a), kernel 6.18.44, criu 4.2.1, lxd 5.0.2

BLOCKER (restore)  The console of the container cannot be restored [console-not-restorable]
  - lxc.pty.max is 1024 and no console path is set
  fix: Give the container one pty and restart it:
         lxc config set c1 raw.lxc 'lxc.pty.max = 1'
         lxc restart c1
`);
  });

  it('cuts off after some messages and says how many there are', () => {
    const occurrences = Array.from({ length: 12 }, (_, index) => ({
      side: 'instance' as const,
      message: `pid ${index}`,
    }));
    const page = renderCheckText(assessment([finding({ occurrences })]), noContext, plain);
    expect(page).toContain('  - pid 4\n  - and 7 more (--verbose shows them)');
    const verbose = renderCheckText(assessment([finding({ occurrences })]), noContext, { ...plain, verbose: true });
    expect(verbose).toContain('  - pid 11\n');
  });

  it('says the same once', () => {
    const occurrences = Array.from({ length: 3 }, () => ({ side: 'instance' as const, message: 'a socket' }));
    expect(renderCheckText(assessment([finding({ occurrences })]), noContext, plain)).toContain(
      '  - a socket (3 times)\n',
    );
  });

  it('tells the sides apart when there are two', () => {
    const occurrences = [
      { side: 'source' as const, message: 'no criu' },
      { side: 'target' as const, message: 'no criu' },
    ];
    const page = renderCheckText(assessment([finding({ occurrences })]), noContext, plain);
    expect(page).toContain('  - source: no criu\n  - target: no criu\n');
  });

  it('sets what both hosts have side by side when it explains', () => {
    const values = [
      { side: 'source' as const, text: 'kernel 6.18' },
      { side: 'target' as const, text: 'kernel 6.12\u001b[31m' },
    ];
    const occurrences = [1, 2].map(() => ({ side: 'target' as const, message: 'an older kernel', values }));
    const page = (columns: number): string =>
      renderCheckText(assessment([finding({ occurrences })]), noContext, { ...plain, explain: true, columns });
    expect(page(80)).toContain(
      [
        '  - an older kernel (2 times)',
        '    source                               | target',
        String.raw`    kernel 6.18                          | kernel 6.12\x1b[31m`,
        '  why: ',
      ].join('\n'),
    );
    expect(page(50)).toContain(
      String.raw`    source: kernel 6.18` + '\n' + String.raw`    target: kernel 6.12\x1b[31m`,
    );
    expect(renderCheckText(assessment([finding({ occurrences })]), noContext, plain)).not.toContain('6.18 ');
  });

  it('joins unknown findings by what could not be read, with why and the remedy', () => {
    const unknown = { outcome: 'unknown' as const, occurrences: [], missing: ['kernel.config'] };
    const findings = [finding({ ...unknown, cause: 'one' }), finding({ ...unknown, cause: 'two', severity: 'risk' })];
    const context = { reasons: new Map([['kernel.config', 'no such file: /boot/config-6.18.44']]), strict: false };
    const page = renderCheckText(assessment(findings, { verdict: 'unknown' }), context, plain);
    expect(page).toContain(`UNKNOWN  2 questions could not be answered
  - kernel.config: no such file: /boot/config-6.18.44
  about: one (blocker, restore), two (risk, restore)
  to know: give access to the kernel configuration: /proc/config.gz or /boot/config-RELEASE`);
  });

  it('says once what holds for several phases', () => {
    const findings = [finding({ phase: 'dump' }), finding(), finding({ phase: 'after', fix: 'another one' })];
    const page = renderCheckText(assessment(findings), noContext, plain);
    expect(page.match(/^BLOCKER .*?\)/gm)).toEqual(['BLOCKER (dump, restore)', 'BLOCKER (after)']);
  });

  it('shows what is behind a finding only when asked', () => {
    const page = renderCheckText(assessment([finding()]), noContext, { ...plain, explain: true });
    expect(page).toContain('  why: liblxc hands the console');
    expect(page).toContain('  see: https://github.com/canonical/lxd/issues/1');
    expect(page).toContain('  judged by: instance.lxc.conf, engine.instance');
  });

  it('lists what was looked for only when asked', () => {
    const quiet = finding({ outcome: 'quiet', cause: 'disk-full', message: '', occurrences: [] });
    const short = renderCheckText(assessment([quiet], { verdict: 'ready' }), noContext, plain);
    expect(short).toContain('1 other cause looked for and not found (--verbose lists them).');
    const long = renderCheckText(assessment([quiet], { verdict: 'ready' }), noContext, { ...plain, verbose: true });
    expect(long).toContain(
      'Looked for and not found: disk-full\nRoom for the images: 24 MiB of memory to write, 9 GiB free\n',
    );
  });

  it('fits the terminal', () => {
    const page = renderCheckText(assessment([finding({ why: 'word '.repeat(80) })]), noContext, {
      ...plain,
      columns: 60,
      explain: true,
    });
    const tooLong = page.split('\n').filter((line) => line.length > 60 && !line.includes('['));
    expect(tooLong).toEqual(['BLOCKED  container c1 (lxd, host a): stop and start again with its state']);
  });

  it('colours only when told', () => {
    expect(renderCheckText(assessment([finding()]), noContext, plain)).not.toContain('\u001b');
    expect(renderCheckText(assessment([finding()]), noContext, { ...plain, hasColor: true })).toContain('\u001b[31m');
  });
});
