import { describe, expect, it } from 'vitest';

import { renderLaunchpad } from '../../src/render/launchpad.js';
import { artifact, missing, nastySummary, recordedSummary, summaryOf } from './report-samples.js';
import { treacherous } from './samples.js';

/** What Launchpad takes as a description. */
const limit = 50_000;

describe('launchpad.txt', () => {
  it('begins with a line to search for: the command and the words of the failure', async () => {
    const text = renderLaunchpad(await recordedSummary('bad-mount-unsupported-fs'));
    expect(text.split('\n', 1)[0]).toMatch(
      /^lxc stop bad-mount-unsupported-fs --stateful: mnt: FS mnt \.\/run\/credentials\/x\.service dev 0x\w+ root \/ unsupported id \d+$/,
    );
    expect(text).toMatch(/\n {2}\d+ {2}\(\d+\.\d+\) Error \(criu\/mount\.c:\d+\): mnt: FS mnt/);
    expect(text.length).toBeLessThan(limit);
  });

  it('follows the order of the classic list', () => {
    const titles = renderLaunchpad(summaryOf([artifact()])).match(/^\d+\. .*$/gm);
    expect(titles?.slice(0, 11)).toEqual([
      '1. The command and its error as displayed',
      '2. Server information',
      '3. Container information',
      '4. Expanded configuration of the container',
      '5. Kernel messages',
      '6. Mounts of the host',
      '7. Mounts of the container',
      '8. Kernel',
      '9. Log of the daemon',
      '10. Network bridge',
      '11. Log directory of the container',
    ]);
  });

  it('shows short things and names the file of long ones', () => {
    const log = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n');
    const artifacts = [
      artifact(),
      artifact({ id: 'host.dmesg', path: 'source/host.dmesg', origin: 'dmesg', bytes: log.length }),
      artifact({ id: 'kernel.config', path: 'source/kernel.config', origin: '/proc/config.gz', bytes: 100_944 }),
    ];
    const text = renderLaunchpad(
      summaryOf(artifacts, { 'host.uname': 'Linux a 6.18.44\n', 'host.dmesg': log, 'kernel.config': '# Automatic' }),
    );
    expect(text).toContain('uname -a (ok) -> source/host.uname, 67 bytes\n  Linux a 6.18.44\n');
    expect(text).toContain('  … (440 more lines in the file)\n  line 440\n');
    expect(text).toContain('  line 499\n');
    expect(text).toContain('/proc/config.gz (ok) -> source/kernel.config, 100944 bytes\n\n');
  });

  it('leaves out the names of API extensions', () => {
    const info = ['config: {}', 'api_extensions:', '- a', '- b', 'api_status: stable'].join('\n');
    const text = renderLaunchpad(summaryOf([artifact({ id: 'engine.info' })], { 'engine.info': info }));
    expect(text).toContain('  config: {}\n  api_extensions: (2 names)\n  api_status: stable\n');
  });

  it('says of each item that is missing why it is', () => {
    const text = renderLaunchpad(summaryOf([missing('host.dmesg', 'denied', 'Operation not permitted')]));
    expect(text).toContain('/host.dmesg (denied: Operation not permitted) -> nothing');
    expect(text).toContain('2. Server information\nnot asked for\n');
  });

  it('tells source from target when there are two', () => {
    const both = [artifact(), artifact({ side: 'target', path: 'target/host.uname' })];
    const text = renderLaunchpad(summaryOf(both));
    expect(text).toContain('[source] uname -a (ok) -> source/host.uname');
    expect(text).toContain('[target] uname -a (ok) -> target/host.uname');
  });

  it('never grows longer than Launchpad allows, and keeps what failed', async () => {
    const loud = 'ü'.repeat(3000);
    const recorded = await recordedSummary('bad-mount-unsupported-fs');
    const artifacts = [
      ...recorded.manifest.artifacts,
      ...Array.from({ length: 400 }, (_, index) => artifact({ id: `instance.log.${index}${loud}`, origin: loud })),
      ...Array.from({ length: 400 }, (_, index) => artifact({ id: `other.${index}`, path: `source/${loud}` })),
    ];
    const text = renderLaunchpad({
      ...recorded,
      manifest: { ...recorded.manifest, artifacts },
      action: { command: loud, output: `${loud}\n`.repeat(100) },
      textOf: (id) => (id === 'instance.log.snapshot_dump.log' ? recorded.textOf(id) : `${loud}\n`.repeat(20)),
    });
    expect(text.length).toBeLessThan(limit);
    expect(text).toMatch(/unsupported id \d+/);
    expect(text).toContain('What crdoctor makes of it');
  });

  it('gives hostile text no power', () => {
    const text = renderLaunchpad(nastySummary);
    expect(text).not.toMatch(treacherous);
    expect(text.match(/^\d+\. /gm)).toHaveLength(18);
    expect(text.endsWith('\n')).toBe(true);
  });
});
