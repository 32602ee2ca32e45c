/** What a reader finds in the page of a report. */

import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';

import { renderCheckPage } from '../../../src/render/html/check-page.js';
import { renderReportPage } from '../../../src/render/html/report-page.js';
import { artifact, summaryOf } from '../report-samples.js';
import { assessment, finding, noContext } from '../samples.js';
import { failed, failedPage, moved, recordedTasks } from './samples.js';

const documentOf = (page: string): Document => new JSDOM(page).window.document;
const page = documentOf(failedPage);
const textOf = (selector: string, within: ParentNode = page): string =>
  (within.querySelector(selector)?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();

describe('the page of a recorded failure', () => {
  it('says in its first lines what happened', () => {
    expect(textOf('h1')).toBe('Container c1 (lxd, host a)');
    const [logs, state] = [...page.querySelectorAll('.verdict')].map((line) => line.textContent);
    expect(logs).toContain('The dump failed, and the cause was found.');
    expect(state).toContain('State now: blocked');
  });

  it('marks the lines that prove the cause, with the numbers that they have in their file', () => {
    const row = [...page.querySelectorAll('#lines .row')].find((each) => each.querySelector('mark') !== null);
    expect(row?.querySelector('mark')?.textContent).toMatch(/^\(00\.4\d+\) Error .*No space left on device$/);
    const number = Number(row?.querySelector('.n')?.textContent);
    const text = failed.textOf('instance.log.snapshot_dump.log') ?? '';
    // What is kept is the end of the log.
    expect(text).toContain(row?.querySelector('mark')?.textContent ?? 'none');
    expect(number).toBeGreaterThan(2000);
  });

  it('draws the steps, where it stopped and how long tasks were frozen, and says the same in words', () => {
    const picture = page.querySelector('#timeline svg');
    expect(picture?.querySelectorAll('rect.stop')).toHaveLength(1);
    expect(picture?.querySelectorAll('rect.bar').length).toBeGreaterThan(10);
    expect(picture?.querySelectorAll('rect.ice')).toHaveLength(1);
    expect(picture?.querySelector('desc')?.textContent).toMatch(
      /^17 steps in 0\.50 s; the longest is memory with 0\.30 s; it stopped in memory; tasks frozen for 0\.39 s/,
    );
    expect(page.querySelectorAll('#timeline tbody tr')).toHaveLength(17);
  });

  it('lists all that bug reports ask for, each with its status', () => {
    const rows = [...page.querySelectorAll('#list table')][0]?.querySelectorAll('tbody tr') ?? [];
    const items = [...rows].map((row) => `${textOf('th', row)}: ${textOf('.tag', row)}`);
    expect(items).toEqual(
      expect.arrayContaining(['Mounts of the host: ok', 'Kernel messages: not asked for', 'Version of CRIU: ok']),
    );
  });

  it('gives texts exactly as they are in the file', () => {
    const texts = [...page.querySelectorAll('#evidence details')];
    const mounts = texts.find((each) => textOf('summary', each).startsWith('source/instance.mountinfo,'));
    expect(mounts?.querySelector('pre')?.textContent).toBe(failed.textOf('instance.mountinfo'));
    const log = texts.find((each) => textOf('summary', each).startsWith('source/instance.log.snapshot_dump.log,'));
    expect(log?.querySelector('pre')?.textContent).toBe(failed.textOf('instance.log.snapshot_dump.log'));
    expect(log?.querySelectorAll('mark').length).toBeGreaterThan(2);
  });

  it('tells what was redacted, by rule', () => {
    const cells = [...(page.querySelector('#redactions tbody tr')?.children ?? [])].map((cell) => cell.textContent);
    expect(cells).toEqual([
      'environment',
      'the value of an environment variable',
      '3',
      'engine.config.expanded, engine.instance',
    ]);
  });
});

describe('the page of a large report', () => {
  it('holds the end of some logs, and leads to the files of the others', () => {
    const text = 'a line of a log\n'.repeat(4000);
    const logs = Array.from({ length: 200 }, (_, at) =>
      artifact({ id: `instance.log.${at}`, path: `source/instance.log.${at}`, bytes: 10_000_000 }),
    );
    const texts = Object.fromEntries(logs.map(({ id }) => [id, text]));
    const large = renderReportPage(summaryOf(logs, texts), { redactions: [], tasks: undefined });
    expect(large.length).toBeLessThan(1_200_000);
    expect(documentOf(large).querySelectorAll('#evidence details').length).toBeGreaterThan(5);
    expect(large).toContain('<a href="./source/instance.log.199">');
  });

  it('makes no link of a name that leads out of the report', () => {
    const odd = artifact({ id: 'instance.log.x', path: 'source/../../etc/passwd' });
    const linked = renderReportPage(summaryOf([odd], { 'instance.log.x': 'text' }), {
      redactions: [],
      tasks: undefined,
    });
    expect(linked).not.toMatch(/href="[^"]*\.\.\//);
  });
});

describe('the page of a check', () => {
  it('marks the processes that stand in the way', () => {
    const pid = Number(/^== (\d+)/.exec(recordedTasks('bad-disk-full'))?.[1]);
    const found = finding({
      cause: 'odd-file',
      occurrences: [{ side: 'instance', pid, fd: 3, message: 'it holds an odd file' }],
    });
    const tree = documentOf(renderCheckPage(assessment([found]), noContext, recordedTasks('bad-disk-full')));
    expect(textOf('#processes .task.bad', tree)).toContain('cannot be checkpointed');
    expect(textOf('#processes .why', tree)).toBe('odd-file: it holds an odd file');
    expect(tree.querySelectorAll('#processes .task')).toHaveLength(4);
    expect(tree.querySelectorAll('#processes .tree ul:not(.why) > li')).toHaveLength(3);
  });

  it('shows both hosts of a move, and where they differ', () => {
    const sides = documentOf(renderCheckPage(moved, noContext));
    const rows = [...sides.querySelectorAll('#sides tbody tr')].map((row) =>
      [...row.children].map((cell) => (cell.textContent ?? '').trim()),
    );
    expect(rows).toEqual([
      ['host', 'a', 'b', ''],
      ['kernel', '6.18.44', '6.12.1', 'differs'],
      ['CRIU', '4.2.1', '4.2.1', 'same'],
      ['lxd', '5.0.2', 'not known', 'not known'],
      ['The processor of the target can do less', 'avx2 avx512f', 'avx2', 'differs'],
    ]);
  });

  it('does not run in circles over processes that are each the parent of the other', () => {
    const circle = recordedTasks('bad-disk-full')
      .replace(/^PPid:\t\d+$/gm, 'PPid:\t0')
      .replace('PPid:\t0', 'PPid:\t1');
    expect(() => renderCheckPage(assessment([]), noContext, circle)).not.toThrow();
  });
});
