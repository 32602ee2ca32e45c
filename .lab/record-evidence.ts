/**
 * Records the evidence of a check, as collected on the host this runs on: `record-evidence OUTPUT [INSTANCE]`. Of a
 * host without an instance also what an other end of a move is compared by: `record-evidence OUTPUT '' [RECORDING]`
 * as the target of the instance of that recording.
 */

import { readFileSync, writeFileSync } from 'node:fs';

import { collect, type Collected } from '../src/evidence/collect.js';
import { gatherForInstance, gatherNeighbours, gatherShared } from '../src/evidence/gather-pair.js';
import { openLocal } from '../src/source/local.js';
import type { Evidence } from '../src/source/source.js';

const [output = '', name = '', guest = ''] = process.argv.slice(2);
const instance = name === '' ? undefined : name;
const checkout = process.cwd();
const source = openLocal({ env: process.env, now: () => new Date() });
const collected = await collect(source, { instance });
const fixture = {
  ...collected,
  host: collected.host.map(withoutEnvironment),
  ofInstance: collected.ofInstance.map(withoutEnvironment),
  ...(instance === undefined && { pair: await gatherPair(collected) }),
};
// A fixture tells of the lab, not of the directories that checkouts are in.
const text = findCheckouts().reduce((all, path) => all.replaceAll(path, '/checkout'), JSON.stringify(fixture, null, 1));
writeFileSync(output, `${text}\n`);

/** This one and all that are shown in the lab, the longest first. */
function findCheckouts(): readonly string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  const shown = [...mounts.matchAll(/ (\/\S+) \/\.share\/[0-9a-f]{12} /g)].map(([, root = '']) => root);
  const paths = [checkout, ...shown].filter((path) => path.length > 1 && !path.startsWith('/usr/'));
  return [...new Set(paths)].toSorted((left, right) => right.length - left.length);
}

/** Of the environment of process 1 nothing is read but what tells of a container; the rest is the machine's own. */
function withoutEnvironment(evidence: Evidence): Evidence {
  const text = evidence.text?.replace(
    /(?<=^== ok \/proc\/1\/environ\n\t).*$/m,
    (variables) =>
      variables
        .split('\0')
        .filter((variable) => variable.startsWith('container='))
        .map((variable) => `${variable}\0`)
        .join(''),
  );
  return text === undefined ? evidence : { ...evidence, text };
}

/** The clock is left out: that a recording was made is all it would tell. */
async function gatherPair({ host, engine, ...rest }: Collected): Promise<readonly Evidence[]> {
  const coming = guest === '' ? { host, engine, ...rest } : (JSON.parse(readFileSync(guest, 'utf8')) as Collected);
  const answers = [
    ...(await gatherShared(source, host, engine)),
    ...(await gatherForInstance(source, host, coming)),
    ...(await gatherNeighbours(source, coming)),
  ];
  return answers.filter(({ id }) => id !== 'host.clock').map(withoutOthers);
}

/** What others try in the lab meanwhile is none of it. */
function withoutOthers(evidence: Evidence): Evidence {
  const { id, text } = evidence;
  if (!id.startsWith('engine.') || text === undefined || evidence.status !== 'ok') return evidence;
  const records = JSON.parse(text) as readonly (string | { readonly name: string; readonly used_by?: unknown })[];
  const ofLab = records
    .filter((each) => !isInstance(id) || /^(?:\/1\.0\/instances\/)?(?:good|default|bad-[a-z-]+)$/.test(nameOf(each)))
    .map((each) => (typeof each === 'object' && 'used_by' in each ? { ...each, used_by: [] } : each));
  return { ...evidence, text: JSON.stringify(ofLab, undefined, 1) };
}

function isInstance(id: string): boolean {
  return id === 'engine.instances' || id === 'engine.neighbours';
}

function nameOf(record: string | { readonly name: string }): string {
  return typeof record === 'string' ? record : record.name;
}
