/** Records the evidence of a check, as collected on the host this runs on: `record-evidence OUTPUT [INSTANCE]`. */

import { writeFileSync } from 'node:fs';

import { collect } from '../src/evidence/collect.js';
import { openLocal } from '../src/source/local.js';
import type { Evidence } from '../src/source/source.js';

const [output = '', instance] = process.argv.slice(2);
const checkout = process.cwd();
const source = openLocal({ env: process.env, now: () => new Date() });
const collected = await collect(source, { instance });
const fixture = {
  ...collected,
  host: collected.host.map(withoutEnvironment),
  ofInstance: collected.ofInstance.map(withoutEnvironment),
};
// A fixture tells of the lab, not of the directory that somebody has the checkout in.
writeFileSync(output, `${JSON.stringify(fixture, null, 1).replaceAll(checkout, '/checkout')}\n`);

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
