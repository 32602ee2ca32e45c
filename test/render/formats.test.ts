/** The same hostile text through every format. */

import { describe, expect, it } from 'vitest';

import { renderCheckJson } from '../../src/render/check-json.js';
import { renderCheckMarkdown } from '../../src/render/check-markdown.js';
import { renderCheckText } from '../../src/render/check-text.js';
import { renderCheckJunit } from '../../src/render/junit.js';
import { renderGroupsJson } from '../../src/render/triage-groups-json.js';
import { renderGroupsMarkdown } from '../../src/render/triage-groups-markdown.js';
import { renderGroupsText } from '../../src/render/triage-groups-text.js';
import { renderGroupsJunit, renderTriageJunit } from '../../src/render/triage-junit.js';
import { renderTriageJson } from '../../src/render/triage-json.js';
import { renderTriageMarkdown } from '../../src/render/triage-markdown.js';
import { renderTriageText } from '../../src/render/triage-text.js';
import { nasty, nastyAssessment, nastyGroups, nastyTriage, noContext, plain, treacherous } from './samples.js';

const context = { reasons: new Map([[nasty, nasty]]), strict: false };
const loud = { ...plain, explain: true, verbose: true };

const pages = {
  'check as text': renderCheckText(nastyAssessment, context, loud),
  'check as JSON': renderCheckJson(nastyAssessment),
  'check as Markdown': renderCheckMarkdown(nastyAssessment, context),
  'check as JUnit': renderCheckJunit(nastyAssessment, context),
  'triage as text': renderTriageText(nastyTriage, loud),
  'triage as JSON': renderTriageJson(nastyTriage),
  'triage as Markdown': renderTriageMarkdown(nastyTriage),
  'triage as JUnit': renderTriageJunit(nastyTriage),
  'triage of several as text': renderGroupsText(nastyGroups, loud),
  'triage of several as JSON': renderGroupsJson(nastyGroups),
  'triage of several as Markdown': renderGroupsMarkdown(nastyGroups),
  'triage of several as JUnit': renderGroupsJunit(nastyGroups.inputs, nastyGroups.unread),
};

describe('hostile text', () => {
  it.each(Object.entries(pages))('does no harm in a %s', (_, page) => {
    expect(page).not.toMatch(treacherous);
    expect(page.endsWith('\n')).toBe(true);
  });

  it.each(Object.entries(pages).filter(([name]) => name.includes('Markdown')))('stays text in a %s', (_, page) => {
    const prose = withoutCode(page);
    expect(prose).not.toMatch(/<(?!!-- -->)/);
    expect(prose).not.toMatch(/@(?!<!-- -->)/);
    expect(prose).not.toMatch(/[^\\]!\[|[^\\]\]\(|:\/\//);
    expect(
      prose
        .split('\n')
        .filter((line) => /^\s*#/.test(line))
        .every((line) => /^#{1,3} /.test(line)),
    ).toBe(true);
  });

  it.each(Object.entries(pages).filter(([name]) => name.includes('JUnit')))('opens no element in a %s', (_, page) => {
    const markup = page.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
    expect(markup).not.toMatch(/<script|\]\]>/);
    expect(markup).not.toMatch(/&(?!(amp|lt|gt|quot|apos|#x?[0-9A-Fa-f]+);)/);
  });

  it.each(Object.entries(pages).filter(([name]) => name.includes('JSON')))(
    'comes back unchanged from %s',
    (_, page) => {
      expect(stringsOf(JSON.parse(page))).toContain(nasty);
    },
  );

  it('does not depend on the context being complete', () => {
    expect(renderCheckText(nastyAssessment, noContext, plain)).not.toMatch(treacherous);
  });
});

/** Markdown without fenced blocks, code spans and links that are plain addresses. */
function withoutCode(page: string): string {
  return page
    .replace(/^- <https:\/\/[\w./-]+>$/gm, '')
    .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')
    .replace(/(?<![\\`])(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}
