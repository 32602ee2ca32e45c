/** What holds for every page, whatever is in it. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

import type { AxeResults } from 'axe-core';
import { HtmlValidate } from 'html-validate';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';

import { treacherous } from '../samples.js';
import { pages } from './samples.js';

const axe = new Script(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));

const validator = new HtmlValidate({
  extends: ['html-validate:standard', 'html-validate:a11y'],
  // A region that scrolls must be reachable by the keyboard (axe: scrollable-region-focusable).
  rules: { 'prefer-native-element': 'off', 'no-trailing-whitespace': 'off', 'void-style': 'off' },
});

describe.each(Object.entries(pages))('the page of a %s', (_, page) => {
  const { window } = new JSDOM(page);
  const { document } = window;
  const all = [...document.querySelectorAll('*')];

  it('is valid HTML', async () => {
    const { results } = await validator.validateString(page);
    expect(
      results.flatMap(({ messages }) => messages.map(({ line, ruleId, message }) => [line, ruleId, message])),
    ).toEqual([]);
  });

  it('can be used without eyes and without a mouse', async () => {
    const dom = new JSDOM(page, { runScripts: 'outside-only' });
    axe.runInContext(dom.getInternalVMContext());
    const run = new Script('axe.run(document, { rules: { "color-contrast": { enabled: false } } })');
    const { violations } = await (run.runInContext(dom.getInternalVMContext()) as Promise<AxeResults>);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });

  it('holds nothing that runs, loads or leads anywhere but to the web, to its own parts and to files beside it', () => {
    expect(document.querySelectorAll('script, img, iframe, object, embed, link, form, base, input')).toHaveLength(0);
    const attributes = all.flatMap((element) => [...element.attributes]);
    expect(attributes.filter(({ name }) => /^on|^src|^style$|^xlink/.test(name))).toEqual([]);
    const addresses = attributes.filter(({ name }) => name === 'href').map(({ value }) => value);
    expect(addresses.filter((address) => !/^(?:#[\w-]+|\.\/[^?#]+|https?:\/\/[^\s"]+)$/.test(address))).toEqual([]);
    expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'");
  });

  it('shows every character that could mislead', () => {
    expect(page.replaceAll('\t', '')).not.toMatch(treacherous);
    expect(page).not.toMatch(/\p{Noncharacter_Code_Point}/u);
    expect(page.endsWith('</html>\n')).toBe(true);
  });

  it('has one main heading, and headings that skip no level', () => {
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.every((level, at) => level <= (levels[at - 1] ?? 0) + 1)).toBe(true);
  });

  it('has a place for each of its links', () => {
    const anchors = all.flatMap(({ tagName, attributes }) =>
      tagName === 'A' ? (attributes.getNamedItem('href')?.value ?? []) : [],
    );
    const missing = anchors.filter((href) => href.startsWith('#') && document.getElementById(href.slice(1)) === null);
    expect(missing).toEqual([]);
  });
});
