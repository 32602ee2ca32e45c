import { describe, expect, it } from 'vitest';

import { renderReportReadme } from '../../src/render/report-readme.js';
import { artifact, missing, nastySummary, recordedSummary, summaryOf } from './report-samples.js';
import { treacherous, triage } from './samples.js';

const page = renderReportReadme(await recordedSummary('bad-mount-unsupported-fs'));
const opinion = page.indexOf('## What crdoctor makes of it');

describe('README of a recorded failure', () => {
  it('shows the command and its error as they were displayed', () => {
    expect(page).toContain('$ lxc stop bad-mount-unsupported-fs --stateful\nError: snapshot dump failed\n');
  });

  it('shows the line that tells the cause among its neighbours, with the number it has in its file', () => {
    const lines = page.split('\n');
    const at = lines.findIndex((line) => /^\d+ {2}.*FS mnt .* unsupported id \d+/.test(line));
    const number = Number(lines[at]?.split(' ')[0]);
    expect(lines[at - 1]).toMatch(new RegExp(`^${number - 1} {2}\\(\\d+\\.\\d+\\) mnt: Inspecting sharing on`));
    expect(lines.slice(0, at).findLast((line) => line.startsWith('`source/'))).toBe(
      '`source/instance.log.snapshot_dump.log`',
    );
    expect(lines[at]).toBeDefined();
  });

  it('keeps facts before opinions', () => {
    const facts = page.slice(0, opinion);
    for (const section of ['What failed', 'Where the logs say so', 'Versions', 'What is missing', 'What is in here']) {
      expect(facts).toContain(`\n## ${section}`);
    }
    expect(facts).not.toContain('fix');
    expect(page.slice(opinion)).toContain('#### A file system that CRIU cannot save is mounted inside');
  });

  it('says in its first lines what was found', () => {
    const [top = ''] = page.split('## What failed');
    expect(top).toContain('`mount-unsupported-fs`');
    expect(top).toContain('**blocked**');
  });

  it('tells the versions and who says so', () => {
    expect(page).toContain('| CRIU | `4.2.1` | `criu.version` |');
    expect(page).toContain('`Looks good but some kernel features are missing`');
  });
});

describe('README', () => {
  it('says why something is missing and how it could be had', () => {
    const artifacts = [
      missing('host.dmesg', 'denied', 'Operation not permitted'),
      missing('host.lxd-bridge', 'absent', 'no such file'),
      artifact({ id: 'criu.check.all', status: 'failed', exitStatus: 1 }),
      artifact({ id: 'engine.log', status: 'truncated', reason: 'the last 4 MiB were kept' }),
      artifact({ redactions: 2 }),
    ];
    const text = renderReportReadme(summaryOf(artifacts));
    expect(text).toContain('- Missing: of 5 items, 2 could not be had or not as a whole, 1 do not exist here.');
    expect(text).toContain('- Redacted: 2 places in 1 files.');
    expect(text).toContain('| `host.dmesg` | denied | Operation not permitted |');
    expect(text).toContain('| `criu.check.all` | failed | exit status 1 |');
    expect(text).toContain('| `engine.log` | truncated | the last 4 MiB were kept |');
    expect(text).toContain('To have it next time:\n\n- run crdoctor as root');
    expect(text.slice(text.indexOf('Does not exist here:'))).toContain('| `host.lxd-bridge` | absent |');
  });

  it('asks for more time where something was too slow', () => {
    const slow = missing('engine.info', 'timed-out', 'no answer within 15000 ms');
    expect(renderReportReadme(summaryOf([slow]))).toContain('- allow more time: --timeout SECONDS');
  });

  it('shows where a command that said nothing else complained', () => {
    const { path: _path, sha256: _sha256, ...silent } = artifact({ status: 'failed', exitStatus: 1, bytes: 0 });
    const stderr = { path: 'source/host.uname.stderr.txt', bytes: 40, sha256: 'a'.repeat(64) };
    const text = renderReportReadme(summaryOf([{ ...silent, stderr }]));
    expect(text).toContain('| Kernel | `source/host.uname.stderr.txt` | failed | 40 |');
    expect(text).toContain('Ended with an error, but said something:');
  });

  it('puts what lacks for one reason into one row', () => {
    const reason = 'no container engine was found here';
    const text = renderReportReadme(
      summaryOf([missing('engine.info', 'absent', reason), missing('engine.log', 'absent', reason)]),
    );
    expect(text).toContain(`| \`engine.info\`, \`engine.log\` | absent | ${reason} |`);
  });

  it('lists the packages that matter and are installed', () => {
    const packages = 'criu 4.2.1-1\nincus \nliblxc1 1:5.0.2-1+deb12u3\nzsh 5.9-4\n';
    const text = renderReportReadme(summaryOf([], { 'host.packages': packages }));
    expect(text).toContain('| package criu | `4.2.1-1` | `host.packages` |');
    expect(text).toContain('| package liblxc1 | `1:5.0.2-1+deb12u3` |');
    expect(text).not.toMatch(/zsh|package incus/);
  });

  it('tells when CRIU is another one than the one that failed', () => {
    const at = (criu: string): string =>
      renderReportReadme(
        summaryOf([], { 'criu.version': 'Version: 4.2.1\n' }, { triage: triage({ versions: { criu } }) }),
      );
    expect(at('3.17.1')).toContain('| CRIU that wrote the log | `3.17.1` |');
    expect(at('4.2.1')).not.toContain('that wrote the log');
  });

  it('names each item of the list that was not even asked for', () => {
    expect(renderReportReadme(summaryOf([artifact()]))).toContain('| Kernel messages | not asked for |');
  });

  it('asks nothing about a container where there is none', () => {
    const { manifest, ...rest } = summaryOf([artifact()]);
    const { instance: _instance, ...ofHost } = manifest;
    const text = renderReportReadme({ ...rest, manifest: ofHost });
    expect(text).toContain('# Report: host a\n');
    expect(text).not.toContain('of the container |');
  });

  it('works with nothing at all', () => {
    const { manifest, ...rest } = summaryOf([]);
    const text = renderReportReadme({ ...rest, manifest: { ...manifest, complete: false } });
    expect(text).toContain('# Report: container c1 (lxd, host a)');
    expect(text).toContain('Collecting was cut short');
    expect(text).toContain('There was no log to read.');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('stays readable with ten thousand files', () => {
    const artifacts = Array.from({ length: 10_000 }, (_, index) => artifact({ id: `instance.log.${index}` }));
    const text = renderReportReadme(summaryOf(artifacts));
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain('more, see `manifest.json`');
  });

  it('gives hostile text no power', () => {
    const text = renderReportReadme(nastySummary);
    expect(text).not.toMatch(treacherous);
    const prose = text
      .replace(/^- <https:\/\/[\w./-]+>$/gm, '')
      .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')
      .replace(/(?<![\\`])(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(prose).not.toMatch(/<(?!!-- -->)/);
    expect(prose).not.toMatch(/@(?!<!-- -->)/);
    expect(prose).not.toMatch(/[^\\]!\[|[^\\]\]\(|:\/\//);
  });
});
