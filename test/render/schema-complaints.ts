/** What a JSON schema that is shipped has against a document. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = join(import.meta.dirname, '../../src/render/schemas');

const readSchema = (name: string): object =>
  JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8')) as object;

/** Empty when the document is as `NAME.schema.json` says. */
export function complaintsBy(name: string, document: unknown): readonly unknown[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  ajv.addSchema([readSchema('check-1'), readSchema('triage-1')]);
  const validate = ajv.compile(readSchema(name));
  return validate(document) ? [] : (validate.errors ?? []);
}
