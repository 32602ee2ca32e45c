/** Builds dist/: the program as code-split modules with everything inside, the rules as JSON, the schemas. */

import { chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');
const schemas = join(root, 'src/render/schemas');

/** CommonJS packages inside a module still call require() for Node's own modules. */
const requireBanner = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
].join('\n');

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  banner: { js: requireBanner },
};

/** All files lie directly in dist/, because modules look for rules.json beside themselves. */
async function buildProgram() {
  const { metafile } = await build({
    ...shared,
    // The supervisor is started as a program by its path.
    entryPoints: { cli: 'src/cli.ts', supervisor: 'src/process/supervisor.ts' },
    outdir: dist,
    splitting: true,
    chunkNames: '[name]-[hash]',
    // Less to parse at every start; names stay, for stacks that can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
  });
  await chmod(join(dist, 'cli.js'), 0o755);
  const built = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
  const stale = (await readdir(dist)).filter((name) => name.endsWith('.js') && !built.has(name));
  await Promise.all(stale.map((name) => rm(join(dist, name))));
}

/** YAML is slow to parse, so users get JSON; the tests inside the rules stay behind. */
async function buildRules() {
  const loader = join(dist, `.load-${process.pid}.mjs`);
  try {
    await build({ ...shared, entryPoints: [join(root, 'src/rules/ship.ts')], outfile: loader });
    const { shipRules } = await import(pathToFileURL(loader).href);
    const { causes, logRules, residues } = await shipRules(join(root, 'rules'));
    const shipped = causes.map((cause) => ({ ...cause, file: relative(root, cause.file) }));
    const leftBehind = residues.map((residue) => ({ ...residue, file: relative(root, residue.file) }));
    await writeFile(join(dist, 'rules.json'), JSON.stringify({ causes: shipped, logRules, residues: leftBehind }));
  } finally {
    await rm(loader, { force: true });
  }
}

async function copySchemas() {
  await mkdir(join(dist, 'schemas'), { recursive: true });
  const names = await readdir(schemas);
  await Promise.all(names.map((name) => copyFile(join(schemas, name), join(dist, 'schemas', name))));
}

await mkdir(dist, { recursive: true });
await buildProgram();
await copySchemas();
await buildRules();
