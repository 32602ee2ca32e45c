import { describe, expect, it } from 'vitest';

import { checkResidue } from '../../src/rules/check-residue.js';
import { fillArgv, matchResidue, residueSchema, type ResidueFile } from '../../src/rules/residue.js';
import { parseRule } from '../../src/rules/parse-cause.js';

const sound = `title: A table of CRIU is left
why: It was killed.
effect: cut-off
onlyWhen: running
detect: {in: network, run: [nft, list, tables], line: '^table inet (?<table>CRIU-\\w{1,40})$'}
clean:
  - [nft, delete, table, inet, '{table}']
risk: none
tests:
  - {name: one, output: "table inet CRIU-1\\n", finds: [nft delete table inet CRIU-1]}
  - {name: none, output: "table inet filter\\n", finds: []}
`;

function read(text: string): ResidueFile {
  const { value, problems } = parseRule(text, 'x.yaml', residueSchema);
  expect(problems).toEqual([]);
  if (value === undefined) throw new Error('it is sound');
  return value;
}

const complaints = (text: string): readonly string[] => checkResidue(read(text)).map(({ message }) => message);

describe('rules check, of residues', () => {
  it('is content with a sound one', () => {
    expect(complaints(sound)).toEqual([]);
  });

  it.each([
    ['a shell', sound.replace('[nft, delete, table, inet,', '[sh, -c, nft,'), /sh is not allowed/],
    ['recursive deletion', sound.replace('[nft, delete, table, inet,', '[/bin/rm, -rf,'), /rm is not allowed/],
    ['a shell to look with', sound.replace('run: [nft,', 'run: [bash, -c, nft,'), /a shell/],
    ['words that nothing fills', sound.replace("'{table}'", "'{tabel}'"), /nothing fills \{tabel\}/],
    ['half a line', sound.replace('{1,40})$', '{1,40})'), /whole line/],
    ['a wrong test', sound.replace('finds: []', 'finds: [x]'), /finds \[\]/],
    [
      'tests that never find',
      sound.replace('CRIU-1\\n', 'X\\n').replace('[nft delete table inet CRIU-1]', '[]'),
      /no test/,
    ],
    ['no way to clean', sound.replace(/clean:\n.*\n/, ''), /neither clean nor byHand/],
  ])('refuses %s', (_, text, message) => {
    expect(complaints(text).join('\n')).toMatch(message);
  });
});

it('takes a place for plain text, whatever is in it', () => {
  const residue = { detect: { in: 'host', run: ['x'], line: '^(?<path>/x/{instance})$' } } as const;
  expect(matchResidue({ detect: { ...residue.detect, run: ['x'] } }, '/x/c.1\n/x/cx1', { instance: 'c.1' })).toEqual([
    { line: '/x/c.1', captures: { path: '/x/c.1' } },
  ]);
});

it('fills nothing half', () => {
  expect(fillArgv(['a', '{b}'], { b: 'c d; rm' })).toEqual(['a', 'c d; rm']);
  expect(fillArgv(['a', '{b}'], {})).toBeUndefined();
  expect(fillArgv(['{constructor}'], {})).toBeUndefined();
});
