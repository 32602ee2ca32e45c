/** Reports made in a test: of evidence that was recorded, with whatever else is to be in them. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Collected } from '../../src/evidence/collect.js';
import type { Artifact, Manifest } from '../../src/source/manifest.js';
import type { Evidence } from '../../src/source/source.js';
import { tarGz, type TarEntry } from '../archive/tar.js';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
export const top = 'crdoctor-c1-20261120T120000Z';

/** What the lab recorded of a host with a container. */
export function recordedHost(name: string): Collected {
  return JSON.parse(readFileSync(`${fixtures}/hosts/${name}.json`, 'utf8')) as Collected;
}

export interface SampleReport {
  readonly manifest: Manifest;
  /** By path below the top folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** A report of some evidence. */
export function reportOf(evidence: readonly Evidence[], about: Partial<Manifest> = {}): SampleReport {
  const files = new Map<string, string>();
  const artifacts = evidence.map((each) => artifactOf(each, files));
  const manifest: Manifest = {
    schema: 'crdoctor.manifest/1',
    crdoctor: '0.1.0',
    createdAt: '2026-11-20T12:00:00.000Z',
    complete: true,
    artifacts,
    ...about,
  };
  return { manifest, files };
}

/** A report of what the lab recorded. */
export function reportOfHost({ engine, instance, host, ofInstance }: Collected): SampleReport {
  return reportOf([...host, ...ofInstance], {
    ...(engine !== undefined && { engine }),
    ...(instance !== undefined && { instance: instance.name }),
  });
}

function artifactOf({ text, stderr, ...evidence }: Evidence, files: Map<string, string>): Artifact {
  const store = (path: string, content: string): { path: string; bytes: number; sha256: string } => {
    files.set(path, content);
    return { path, bytes: Buffer.byteLength(content), sha256: createHash('sha256').update(content).digest('hex') };
  };
  const isLog = /^instance\.log\.|^action\./.exec(evidence.id);
  const path = isLog === null ? `source/${evidence.id}.txt` : logPathOf(evidence.id);
  return {
    ...evidence,
    side: evidence.id.startsWith('action.') ? 'action' : 'source',
    redactions: 0,
    ...(text !== undefined && store(path, text)),
    ...(stderr !== undefined && stderr !== '' && { stderr: store(`${path}.stderr`, stderr) }),
  };
}

function logPathOf(id: string): string {
  return id.startsWith('action.') ? `${id.replace('.', '/')}.txt` : id.replace('instance.log.', 'source/instance.log/');
}

/** The tarball of it; `more` comes last. */
export function packReport({ manifest, files }: SampleReport, ...more: readonly (TarEntry | Buffer)[]): Buffer {
  const entries = [...files].map(([name, content]) => ({ name: `${top}/${name}`, content }));
  return tarGz(...entries, { name: `${top}/manifest.json`, content: JSON.stringify(manifest) }, ...more);
}
