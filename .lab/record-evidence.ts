/** Records the evidence of a check, as collected on the host this runs on: `record-evidence OUTPUT [INSTANCE]`. */

import { writeFileSync } from 'node:fs';

import { collect } from '../src/evidence/collect.js';
import { openLocal } from '../src/source/local.js';

const [output = '', instance] = process.argv.slice(2);
const checkout = process.cwd();
const source = openLocal({ env: process.env, now: () => new Date() });
const collected = await collect(source, { instance });
// A fixture tells of the lab, not of the directory that somebody has the checkout in.
writeFileSync(output, `${JSON.stringify(collected, null, 1).replaceAll(checkout, '/checkout')}\n`);
