/** Turns evidence about an engine into facts. */

import type { ObservableEngine } from '../engines/engine.js';
import { engines } from '../engines/index.js';
import { findPackaging } from '../engines/packaging.js';
import { readInstalled } from '../evidence/scout.js';
import { parseCriuOptions, readGhostLimit } from '../parse/criu-options.js';
import { parseSnapFlag } from '../parse/lxc-info.js';
import { parseServer } from '../parse/server-json.js';
import type { Evidence } from '../source/source.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { EngineFacts, HostFacts } from './schema.js';

export function deriveEngine(
  reader: EvidenceReader,
  evidence: readonly Evidence[],
  engine: ObservableEngine,
  circumstances: { readonly criu: HostFacts['criu']; readonly criuOptions: readonly string[] },
): EngineFacts {
  const packaging = findPackaging(engine, readInstalled(evidence));
  // CRIU reads its configuration file first, whoever starts it.
  const configured = parseCriuOptions(
    (circumstances.criu?.configOptions ?? []).map((option) => option.replace(/ (.+)$/, ' "$1"')).join('\n'),
  );
  const passes = [...configured, ...engines[engine].passes, ...circumstances.criuOptions];
  return {
    name: engine,
    ...deriveVersions(reader, engine, circumstances.criu),
    packaging,
    passes,
    ghostLimitBytes: readGhostLimit(passes),
    criuEnabled: packaging === 'snap' ? deriveSnapFlag(reader) : undefined,
  };
}

function deriveVersions(
  reader: EvidenceReader,
  engine: ObservableEngine,
  criu: HostFacts['criu'],
): Pick<EngineFacts, 'version' | 'liblxc'> {
  if (engine === 'criu') return { version: criu?.version };
  if (engine === 'lxc') {
    // The tools are released together with their library.
    const version = reader.read('engine.server', (text) => /^\d[\w.~+-]*$/.exec(text.trim())?.[0]);
    return { version, liblxc: version };
  }
  const server = reader.read('engine.server', parseServer);
  if (server !== undefined && server.version === undefined)
    reader.miss('engine.server', 'the daemon does not trust this user');
  return { version: server?.version, liblxc: server?.liblxc };
}

/** `snap get` fails for a setting that was never made, which means that it is off. */
function deriveSnapFlag(reader: EvidenceReader): boolean | undefined {
  const answer = reader.find('snap.lxd.criu');
  if (answer?.status === 'failed' && answer.stderr?.includes('no "criu') === true) return false;
  return reader.read('snap.lxd.criu', parseSnapFlag);
}
