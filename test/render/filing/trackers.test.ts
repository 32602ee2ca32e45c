import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { fillIssue } from '../../../src/render/filing/issue-text.js';
import { issueUrl } from '../../../src/render/filing/issue-url.js';
import { prepareIssue } from '../../../src/render/filing/prepare-issue.js';
import { factNamesIn, factWords } from '../../../src/render/filing/issue-form.js';
import { issueForms } from '../../../src/render/filing/trackers/index.js';
import { knownIds } from '../../../src/evidence/report-catalogue.js';
import type { Filing } from '../../../src/render/filing/filing.js';
import { nastySummary, recordedSummary } from '../report-samples.js';
import { nasty, treacherous } from '../samples.js';

const documentation = readFileSync(join(import.meta.dirname, '../../../docs/filing.md'), 'utf8');
const names = Object.keys(issueForms);
const formOf = (name: string) => {
  const form = issueForms[name];
  if (form === undefined) throw new Error(`${name} is no tracker`);
  return form;
};
const recorded = await recordedSummary('bad-mount-unsupported-fs');
const filing: Filing = { summary: recorded, attachments: [], leftOut: [] };
const hostile: Filing = {
  summary: nastySummary,
  attachments: [{ id: 'host.dmesg', side: 'source', path: nasty, name: 'source-x.txt', content: Buffer.from(nasty) }],
  leftOut: [{ path: nasty, bytes: 1, reason: 'too large' }],
};

/** Labels in the order of the templates as they were read, see docs/filing.md. */
const labels: Readonly<Record<string, readonly string[]>> = {
  lxd: [
    'Please confirm',
    'Distribution',
    'Distribution version',
    'Output of `snap list --all lxd core20 core22 core24 core26 snapd`',
    'System info',
    'Instance log',
    'Expected behavior',
    'Actual behavior',
    'Steps to reproduce',
    'Information to attach',
  ],
  incus: [
    'Is there an existing issue for this?',
    'Is this happening on an up to date version of Incus?',
    'Incus system details',
    'Instance details',
    'Instance log',
    'Current behavior',
    'Expected behavior',
    'Steps to reproduce',
  ],
  podman: [
    'Issue Description',
    'Steps to reproduce the issue',
    'Describe the results you received',
    'Describe the results you expected',
    'podman info output',
    'Podman in a container',
    'Privileged Or Rootless',
    'Upstream Latest Release',
    'Additional environment details',
    'Additional information',
  ],
  moby: ['Description', 'Reproduce', 'Expected behavior', 'docker version', 'docker info', 'Additional Info'],
};

describe('the forms', () => {
  it.each(Object.entries(labels))('%s asks in the order of its form', (name, expected) => {
    const { text } = fillIssue(formOf(name), filing);
    expect([...text.matchAll(/^### (.*)$/gm)].map(([, label]) => label)).toEqual(expected);
  });

  it('criu asks in the order of its template', () => {
    const { text } = fillIssue(formOf('criu'), filing);
    expect(
      [...text.matchAll(/^(?:\*\*(.*)\*\*|<details><summary>(.*)<\/summary>)$/gm)].map(
        ([, bold, fold]) => bold ?? fold,
      ),
    ).toEqual([
      'Description',
      'Steps to reproduce the issue:',
      'Describe the results you received:',
      'Describe the results you expected:',
      'Additional information you deem important (e.g. issue happens only occasionally):',
      'CRIU full dump/restore logs:',
      'Output of `criu --version`:',
      'Output of `criu check --all`:',
      'Additional environment details:',
    ]);
  });

  it.each(names)('%s uses facts and evidence that there are', (name) => {
    const fills = formOf(name).fields.map(({ fill }) => fill);
    const facts = fills.flatMap((fill) => (fill.kind === 'facts' ? fill.lines.flatMap(factNamesIn) : []));
    const ids = fills.flatMap((fill) => {
      if (fill.kind === 'attached') return fill.options.flatMap((option) => option.ids ?? []);
      return fill.kind === 'evidence' ? fill.ids : [];
    });
    const known = knownIds();
    expect(facts.filter((fact) => !Object.hasOwn(factWords, fact))).toEqual([]);
    expect(ids.filter((id) => !known.includes(id))).toEqual([]);
  });

  it.each(names)('%s says in the documentation where its form was read', (name) => {
    const { path, commit, date } = formOf(name).readFrom;
    expect(documentation).toContain(`\`${path}\` | ${commit}, ${date} |`);
  });

  it.each(names)('%s leaves a blank for each thing that only the user knows, and says which', (name) => {
    const { text } = fillIssue(formOf(name), filing);
    const { blanks } = prepareIssue(formOf(name), filing);
    const boxes = blanks.filter((each) => each.startsWith('tick: '));
    expect(text.match(/\[\[ write here: /g)?.length).toBe(blanks.length - boxes.length);
    expect(blanks.some((each) => each.includes('expected'))).toBe(true);
  });

  it.each(names)('%s has an address that a terminal and a browser take', (name) => {
    const form = formOf(name);
    const url = new URL(issueUrl(form, 'a & b #1 ü', fillIssue(form, filing).fields));
    expect(url.href.length).toBeLessThanOrEqual(2100);
    expect(url.pathname).toBe(`/${form.repository}/issues/new`);
    expect(url.searchParams.get('title')).toBe('a & b #1 ü');
    expect(url.searchParams.get('template')).toBe(form.template ?? null);
  });

  it('fills in what the address of the form of LXD can take', () => {
    const { searchParams } = new URL(prepareIssue(formOf('lxd'), filing).url);
    expect(searchParams.get('expected_behavior')).toBeNull();
    expect(searchParams.get('ack_searched')).toBeNull();
  });

  it.each(names)('%s gives hostile text no power', (name) => {
    const prepared = prepareIssue(formOf(name), hostile);
    const text = prepared.files.map(({ content }) => String(content)).join('');
    expect(text).not.toMatch(treacherous);
    expect(prepared.title).not.toMatch(treacherous);
    // Nothing of it is markup outside of the blocks of code.
    const prose = text.replace(/^(`{3,})\w+\n[\s\S]*?^\1$/gm, '').replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '');
    expect(prose).not.toMatch(/<script|(?<!\\)!\[i\]|@everyone/);
  });

  it('cuts what is longer than an issue may be', () => {
    const log = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n');
    const long: Filing = {
      summary: { ...recorded, textOf: () => log },
      attachments: [],
      leftOut: [],
    };
    for (const name of names.filter((each) => each !== 'incus')) {
      const { text, isTooLong } = fillIssue(formOf(name), long);
      expect(isTooLong).toBe(false);
      expect(text.length).toBeLessThan(65_536);
    }
    expect(fillIssue(formOf('lxd'), long).text).toContain('line 19999\n');
    // What Incus wants in full is not cut, and that is said.
    expect(prepareIssue(formOf('incus'), long).notes.join()).toContain('65,536');
  });
});
