import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkRules } from '../../src/rules/check.js';
import { readRuleDirectory } from '../../src/rules/load.js';

const sound = `title: A kernel that is too old
why: It lacks things.
scope: host
predict:
  - phase: dump
    severity: blocker
    when: host.kernel.release.before('4.4')
    message: kernel {host.kernel.release}
fix: {default: Take a newer one.}
blame: kernel
tests:
  - {name: old, facts: {host: {kernel: {release: '4.3'}}}, expect: fires}
  - {name: new, facts: {host: {kernel: {release: '4.4'}}}, expect: quiet}
`;

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rules-'));
  await mkdir(join(directory, 'kernel'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Complaints as `line: message`. */
async function complaintsAbout(text: string): Promise<readonly string[]> {
  await writeFile(join(directory, 'kernel', 'too-old.yaml'), text);
  return (await checkRules(directory)).map(({ line, message }) => `${line}: ${message}`);
}

describe('rules check', () => {
  const comparing = sound
    .replace('scope: host', 'scope: pair')
    .replace("host.kernel.release.before('4.4')", 'source.machine != target.machine')
    .replace('{host.kernel.release}', '{source.machine}');

  it('asks a comparison what each side has', async () => {
    expect(await complaintsAbout(comparing)).toEqual(['5: sides: what source and target have']);
    const told = comparing.replace(
      '    message:',
      "    sides: {source: '{source.machine}', target: '{target.machine}'}\n    message:",
    );
    expect(await complaintsAbout(told)).toEqual([]);
    expect(await complaintsAbout(told.replace('{target.machine}', '{target.machin}'))).toEqual([
      expect.stringContaining('machin'),
    ]);
  });

  it('wants no sides where nothing is compared', async () => {
    const told = sound.replace('    message:', '    sides: {source: a, target: b}\n    message:');
    expect(await complaintsAbout(told)).toEqual(['5: sides: nothing is compared here']);
  });

  it('is content with a sound cause', async () => {
    expect(await complaintsAbout(sound)).toEqual([]);
  });

  it.each<readonly [string, string, string, readonly [RegExp]]>([
    ['a misspelt fact, once', 'kernel.release.before', 'kernel.relase.before', [/^7: when: No such key: relase$/]],
    ['a wrong type', "host.kernel.release.before('4.4')", 'host.kernel.release', [/^7: when: is of type string/]],
    ['an unknown fact in a test', "release: '4.3'", "relase: '4.3'", [/^12: there is no fact host.kernel.relase/]],
    ['a fact of the wrong kind in a test', "release: '4.3'", 'release: 4.3', [/^12: host.kernel.release is a text/]],
    ['a missing test', 'expect: quiet', 'expect: fires', [/no test expects quiet/]],
    ['a message with a typo', '{host.kernel.release}', '{host.kernel}', [/^8: message: is of type/]],
    [
      'a slow pattern inside a condition',
      "host.kernel.release.before('4.4')",
      "host.kernel.release.matches('^(a|aa)+$')",
      [/^7: too slow on hostile text/],
    ],
    [
      'loops in loops in loops',
      "host.kernel.release.before('4.4')",
      'instance.mounts.all(a, instance.mounts.all(b, instance.mounts.all(c, a.id + b.id + c.id > 0)))',
      [/^7: when: more than two of each/],
    ],
  ])('tells %s, with its line', async (_, from, to, [complaint]) => {
    const found = await complaintsAbout(sound.replace(from, () => to));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(complaint);
  });

  it('tells a cause that stands twice', async () => {
    await mkdir(join(directory, 'criu'));
    await writeFile(join(directory, 'criu', 'too-old.yaml'), sound);
    expect(await complaintsAbout(sound)).toEqual([expect.stringContaining('the cause too-old stands in')]);
  });

  it.each([
    ['engines/x.yaml', 'engines is no area'],
    ['kernel/Too Old.yaml', 'lower case words'],
  ])('tells %s', async (file, complaint) => {
    await mkdir(join(directory, 'engines'));
    await writeFile(join(directory, file), sound);
    expect((await checkRules(directory)).map(({ message }) => message)).toEqual([expect.stringContaining(complaint)]);
  });
});

describe('rule files', () => {
  it('may be links, and lie directly in the directory', async () => {
    await writeFile(join(directory, 'real.txt'), sound);
    await symlink(join(directory, 'real.txt'), join(directory, 'linked.yaml'));
    await symlink(join(directory, 'nowhere'), join(directory, 'dangling.yaml'));
    const { causes } = await readRuleDirectory(directory);
    expect(causes.map(({ id }) => id)).toEqual(['linked']);
  });
});
