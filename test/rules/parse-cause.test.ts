import { describe, expect, it } from 'vitest';

import { parseCause } from '../../src/rules/parse-cause.js';

const complaintsAbout = (text: string): readonly string[] =>
  parseCause(text, { file: 'x.yaml', id: 'x', area: 'kernel' }).problems.map(
    ({ line, column, message }) => `${String(line)}:${String(column)} ${message}`,
  );

describe('parseCause points at what is wrong', () => {
  it('in YAML', () => {
    expect(complaintsAbout('title: [a\nwhy: b')[0]).toMatch(/^[12]:\d+ /);
  });

  it('in an unknown key', () => {
    expect(complaintsAbout('title: a\nwhy: b\nscop: host\n')).toContainEqual(expect.stringContaining('scop'));
  });

  it('in a word that is none of the choices, at its line', () => {
    const text = 'title: a\nwhy: b\nscope: planet\nfix: {default: x}\nblame: criu\ntests: []\n';
    expect(complaintsAbout(text)).toContainEqual(expect.stringMatching(/^3:\d+ scope: /));
  });

  it('in a version that YAML takes for a number', () => {
    const text = `title: a
why: b
scope: host
predict:
  - phase: dump
    severity: risk
    when: 'true'
    affects: {criu: 1.20}
    message: m
fix: {default: x}
blame: criu
tests: []
`;
    expect(complaintsAbout(text)).toContainEqual(expect.stringMatching(/^8:\d+ predict\.0\.affects\.criu: /));
  });

  it('and refuses an alias bomb', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`;
    expect(complaintsAbout(bomb)).toHaveLength(1);
  });
});
