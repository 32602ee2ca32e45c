/** Evidence in, facts out: pure, and honest about what is missing. */

import type { ObservableEngine } from '../engines/engine.js';
import { engines } from '../engines/index.js';
import { parseMountinfo } from '../parse/mountinfo.js';
import type { Evidence } from '../source/source.js';
import { deriveEngine } from './derive-engine.js';
import { deriveHost } from './derive-host.js';
import { deriveInstance } from './derive-instance.js';
import { createReader, type Shortfall } from './evidence-reader.js';
import type { Facts, FactSet } from './schema.js';

export interface DeriveInput {
  /** Undefined: it is not known which engine is meant. */
  readonly engine: ObservableEngine | undefined;
  /** Of the host where the instance is, its engine included. */
  readonly source: readonly Evidence[];
  /** Of the host it is to go to; undefined = there is none. */
  readonly target?: readonly Evidence[] | undefined;
  /** Undefined: only the host is judged. */
  readonly instance?:
    | {
        readonly name: string;
        /** What it is to be called on the target; left out = the same. */
        readonly nameThere?: string | undefined;
        readonly evidence: readonly Evidence[];
      }
    | undefined;
  /** CRIU options that the user passes besides. */
  readonly criuOptions?: readonly string[] | undefined;
}

/** Facts as facts/schema.ts documents them; a fact that could not be told is left out. */
export function deriveFacts(input: DeriveInput): FactSet {
  const { engine: name } = input;
  const shortfall: Shortfall = { gaps: new Map(), incomplete: new Set() };
  const sourceReader = createReader('source', input.source, shortfall);
  const source = deriveHost(sourceReader, input.source, name);
  const circumstances = { criu: source.criu, criuOptions: input.criuOptions ?? [] };
  const engine = name && deriveEngine(sourceReader, input.source, name, circumstances);
  const target = input.target && deriveHost(createReader('target', input.target, shortfall), input.target, name);
  const instance =
    name &&
    input.instance &&
    deriveInstance(createReader('instance', input.instance.evidence, shortfall), input.instance.evidence, {
      name: input.instance.name,
      nameThere: input.instance.nameThere,
      engine: engines[name],
      packaging: engine?.packaging,
      lsm: { here: source.kernel?.lsm, next: (target ?? source).kernel?.lsm },
      hostMounts: sourceReader.read('proc.self.mountinfo', parseMountinfo),
    });
  const facts: Facts = {
    source,
    ...(target && { target }),
    ...(engine && { engine }),
    ...(instance && { instance }),
  };
  removeUnknown(facts);
  return { facts, gaps: shortfall.gaps, incomplete: shortfall.incomplete };
}

/** Takes members out that are undefined, all the way down, so that "not known" has one form. */
function removeUnknown(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) Reflect.deleteProperty(value, key);
    else removeUnknown(member);
  }
}
