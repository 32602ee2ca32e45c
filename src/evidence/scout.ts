/** Finds out which engines a host has before anything else is asked. */

import type { Engine, ObservableEngine, Packaging } from '../engines/engine.js';
import { findCriu, findPackaging, findPresentEngines, type Installed } from '../engines/packaging.js';
import { parseFileBlocks } from '../parse/file-blocks.js';
import { parsePrograms } from '../parse/programs.js';
import type { Evidence, Source } from '../source/source.js';
import { scoutRequests } from './catalogue.js';

export interface Scout {
  readonly evidence: readonly Evidence[];
  readonly present: readonly Engine[];
  /** Why it could not be looked whether there is an engine; `present` is then not all there may be. */
  readonly unread: string | undefined;
  packagingOf(engine: ObservableEngine): Packaging;
  hasProgram(name: string): boolean;
  criuFor(engine: ObservableEngine | undefined): string | undefined;
}

/** Looks for programs and traces of engines; runs nothing. */
export async function scoutHost(source: Source): Promise<Scout> {
  const evidence = await source.gather(scoutRequests);
  const installed = readInstalled(evidence);
  return {
    evidence,
    present: findPresentEngines(installed),
    unread: findUnread(evidence),
    packagingOf: (engine) => findPackaging(engine, installed),
    hasProgram: (name) => installed.programs.has(name),
    criuFor: (engine) => findCriu(engine, installed),
  };
}

/** What was not there is known; what broke, was refused or took too long is not. */
function findUnread(evidence: readonly Evidence[]): string | undefined {
  const broken = evidence.find(({ status }) => status !== 'ok' && status !== 'absent' && status !== 'truncated');
  return broken && (broken.reason ?? broken.status);
}

/** What the two scouting answers say; empty where they could not be read. */
export function readInstalled(evidence: readonly Evidence[]): Installed {
  const textOf = (id: string): string => evidence.find((each) => each.id === id)?.text ?? '';
  return {
    programs: parsePrograms(textOf('host.programs')) ?? new Map(),
    traces: parseFileBlocks(textOf('host.engines')) ?? new Map(),
  };
}
