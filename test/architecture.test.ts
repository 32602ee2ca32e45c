/** The shape of the code, checked by reading its imports: one way up, and few doors to the outside. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sourceRoot = join(root, 'src');

/** Ground floor first; a folder imports from itself and from those before it. */
const floors = [
  'errors.ts',
  'progress',
  'process',
  'archive',
  'source',
  'parse',
  'engines',
  'evidence',
  'facts',
  'rules',
  'findings',
  'redact',
  'render',
  'report',
  'actions',
  'commands',
  'cli.ts',
];

interface SourceFile {
  /** Relative to src/, with slashes. */
  readonly path: string;
  readonly floor: string;
  readonly text: string;
  /** What is imported at run time, as written; type-only imports are left out. */
  readonly imports: readonly string[];
}

const files = readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map(readSource);

function readSource(name: string): SourceFile {
  const path = name.split('\\').join('/');
  const text = readFileSync(join(sourceRoot, name), 'utf8');
  return { path, floor: path.split('/')[0] ?? path, text, imports: importsOf(text) };
}

function importsOf(text: string): readonly string[] {
  const code = text.replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, '');
  const fixed = [...code.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)];
  // `import('x').Name` in a type position is no import at run time.
  const lazy = [...code.matchAll(/import\('([^']+)'\)(?!\.[A-Z])/g)];
  return [...fixed, ...lazy].map((match) => match[1] ?? '');
}

function targetsOf(file: SourceFile): readonly string[] {
  return file.imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.normalize(posix.join(posix.dirname(file.path), specifier)).replace(/\.js$/, '.ts'));
}

function importersOf(modules: readonly string[]): readonly string[] {
  return files.filter((file) => file.imports.some((specifier) => modules.includes(specifier))).map((file) => file.path);
}

describe('architecture', () => {
  it('reads imports as they are written', () => {
    const text = [
      `import type { A } from './a.js';`,
      `import { b,\n  type B } from './b.js';`,
      `export { c } from './c.js';`,
      `const d = await import('./d.js');`,
      `type E = import('./e.js').E;`,
      `import './f.js';`,
      `// import { g } from './g.js';`,
    ].join('\n');
    expect(importsOf(text)).toEqual(['./b.js', './c.js', './f.js', './d.js']);
  });

  it.each(files.map((file) => [file.path, file] as const))('%s imports downward only', (_, file) => {
    const own = floors.indexOf(file.floor);
    expect(own, `${file.floor} is no folder of the design`).toBeGreaterThanOrEqual(0);
    const upward = targetsOf(file).filter((target) => {
      if (target.startsWith('..')) return file.path !== 'cli.ts' || target !== '../package.json';
      return floors.indexOf(target.split('/')[0] ?? '') > own;
    });
    expect(upward).toEqual([]);
  });

  it('starts programs in src/process alone', () => {
    const starters = importersOf(['execa', 'child_process', 'node:child_process', 'node:worker_threads']);
    expect(starters.filter((path) => !path.startsWith('process/') && !path.startsWith('source/'))).toEqual([]);
    expect(importersOf(['execa', 'node:child_process']).filter((path) => !path.startsWith('process/'))).toEqual([]);
  });

  it('reads files in the sources and in the rule loader alone', () => {
    const readers = importersOf(['fs', 'fs/promises', 'node:fs', 'node:fs/promises']);
    const allowed = /^(source|archive|process|actions|report)\/|^rules\/load\.ts$/;
    expect(readers.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('talks to the rule language, to YAML and to colours in one file each', () => {
    expect(importersOf(['@marcbachmann/cel-js']).length).toBeLessThanOrEqual(1);
    expect(importersOf(['yaml']).length).toBeLessThanOrEqual(1);
    expect(importersOf(['chalk'])).toEqual(['render/style.ts']);
  });

  it('touches the process in its two programs alone', () => {
    const touching = files.filter(({ text }) =>
      /\bprocess\.(stdout|stderr|argv|env|exit|cwd)\b|\bconsole\.(log|error|warn|info|debug|trace|dir)\b/.test(text),
    );
    expect(touching.map((file) => file.path)).toEqual(['cli.ts', 'process/supervisor.ts']);
  });

  it('names no cause: knowledge is data', () => {
    const ids = readdirSync(join(root, 'rules'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml') && !name.startsWith('log/'))
      .map((name) => posix.basename(name, '.yaml'));
    const naming = files.flatMap(({ path, text }) =>
      ids.filter((id) => text.includes(`'${id}'`) || text.includes(`"${id}"`)).map((id) => `${path}: ${id}`),
    );
    expect(naming).toEqual([]);
  });

  it.each(files.map((file) => [file.path, file] as const))('%s keeps the habits', (path, { text }) => {
    const begins = path === 'cli.ts' ? text.replace(/^#!.*\n/, '') : text;
    expect(begins.startsWith('/**'), 'begins with a sentence on what it is').toBe(true);
    expect(posix.basename(path)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/);
    expect(posix.basename(path)).not.toMatch(/^(utils?|helpers?|common|manager|service|misc)\b/);
    expect(text).not.toMatch(/\bas any\b|@ts-(ignore|expect-error|nocheck)|(oxlint|eslint)-disable/);
  });

  it('keeps the top level small', () => {
    const visible = readdirSync(root).filter((name) => !name.startsWith('.'));
    const allowed = [
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'README.md',
      'LICENSE',
      'src',
      'rules',
      'fixtures',
      'test',
      'docs',
      'bench',
      'dist',
      'node_modules',
      'coverage',
    ];
    expect(visible.filter((name) => !allowed.includes(name)).map((name) => relative(root, join(root, name)))).toEqual(
      [],
    );
  });
});
