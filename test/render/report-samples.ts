/** Reports as the assembling half makes them: one from recorded evidence and a recorded failure, one that is hostile. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Collected } from '../../src/evidence/collect.js';
import { readLogs } from '../../src/evidence/logs.js';
import { deriveFacts } from '../../src/facts/derive.js';
import { assess } from '../../src/findings/assess.js';
import { diagnose, watchedWords } from '../../src/findings/diagnose.js';
import type { ReportSummary } from '../../src/report/summary.js';
import { loadRules } from '../../src/rules/load.js';
import { openLogs, type LogInput } from '../../src/source/log-files.js';
import type { Artifact } from '../../src/source/manifest.js';
import type { Evidence } from '../../src/source/source.js';
import { nasty, nastyAssessment, nastyTriage } from './samples.js';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const rules = await loadRules();

/** How much of an artifact's end a report keeps at hand. */
const keptBytes = 65_536;

export function artifact(overrides: Partial<Artifact> = {}): Artifact {
  return {
    id: 'host.uname',
    side: 'source',
    path: 'source/host.uname',
    origin: 'uname -a',
    status: 'ok',
    startedAt: '2026-11-20T15:00:00.000Z',
    durationMs: 3,
    bytes: 67,
    sha256: 'a'.repeat(64),
    redactions: 0,
    ...overrides,
  };
}

/** Something that was asked for and is not there. */
export function missing(id: string, status: Artifact['status'], reason: string): Artifact {
  const { path: _path, sha256: _sha256, ...rest } = artifact({ id, status, reason, bytes: 0, origin: `/${id}` });
  return rest;
}

/** A report with nothing in it but what is given. */
export function summaryOf(
  artifacts: readonly Artifact[],
  texts: Readonly<Record<string, string>> = {},
  overrides: Partial<ReportSummary> = {},
): ReportSummary {
  return {
    manifest: {
      schema: 'crdoctor.manifest/1',
      crdoctor: '0.1.0',
      createdAt: '2026-11-20T15:30:12.000Z',
      engine: 'lxd',
      instance: 'c1',
      hostname: 'a',
      complete: true,
      artifacts,
    },
    notes: [],
    textOf: (id) => (Object.hasOwn(texts, id) ? texts[id] : undefined),
    ...overrides,
  };
}

/** The report of a container of the lab whose stateful stop failed: its evidence and its logs as they were recorded. */
export async function recordedSummary(name: string): Promise<ReportSummary> {
  const { engine, host, instance, ofInstance } = JSON.parse(
    readFileSync(`${fixtures}/hosts/${name}.json`, 'utf8'),
  ) as Collected;
  const factSet = deriveFacts({
    engine,
    source: host,
    ...(instance && { instance: { name, evidence: ofInstance } }),
  });
  const source = { where: 'local', hostname: 'a', kernel: '6.18.44-fc-v669', criu: '4.2.1', engineVersion: '5.0.2' };
  const subject = { operation: 'stop', engine: 'lxd', instance: name, source } as const;
  const inputs = await openLogs([`${fixtures}/logs/${name}`], () => process.stdin);
  const logs = inputs.filter((input) => !input.name.endsWith('terminal.txt')).map(renameLog);
  const readings = await readLogs(logs, { words: watchedWords(rules) });
  const contents = await Promise.all(inputs.filter((input) => !input.name.endsWith('terminal.txt')).map(readAll));
  const logTexts = logs.map((log, index) => [log.name.slice('source/'.length), contents[index] ?? ''] as const);
  const kept = [...host, ...ofInstance];
  const texts = Object.fromEntries([...kept.map(({ id, text = '' }) => [id, text] as const), ...logTexts]);
  const terminal = readFileSync(`${fixtures}/logs/${name}/terminal.txt`, 'utf8').split('\n');
  return summaryOf(
    [...kept.map(recordedArtifact), ...logTexts.map(([id, text]) => logArtifact(id, text))],
    Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, text.slice(-keptBytes)])),
    {
      assessment: assess(rules.causes, factSet, { operation: 'stop', subject }),
      triage: diagnose(rules, readings),
      action: { command: terminal[0]?.replace('$ ', '') ?? '', output: terminal.slice(1).join('\n') },
    },
  );
}

function renameLog(input: LogInput): LogInput {
  const base = input.name.split('/').at(-1)?.replace('.gz', '') ?? '';
  return { name: `source/instance.log.${base}`, open: () => input.open() };
}

async function readAll(input: LogInput): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input.open()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function recordedArtifact({ id, origin, status, bytes, startedAt, durationMs, text }: Evidence): Artifact {
  return text === undefined || text === ''
    ? { ...missing(id, status, 'it is not there'), origin }
    : artifact({ id, path: `source/${id}`, origin, status, bytes, startedAt, durationMs });
}

function logArtifact(id: string, text: string): Artifact {
  return artifact({
    id,
    path: `source/${id}`,
    origin: `/var/log/lxd/c1/${id.slice('instance.log.'.length)}`,
    bytes: Buffer.byteLength(text),
  });
}

/** A report in which every untrusted part is hostile. */
export const nastySummary: ReportSummary = {
  manifest: {
    schema: 'crdoctor.manifest/1',
    crdoctor: '0.1.0',
    createdAt: nasty,
    engine: nasty,
    instance: nasty,
    hostname: nasty,
    complete: false,
    artifacts: [
      artifact({ id: nasty, path: `source/${nasty}`, origin: nasty, redactions: 3 }),
      artifact({ id: nasty, path: nasty, origin: nasty }),
      { ...missing(nasty, 'failed', nasty), origin: nasty },
      missing(`instance.log.${nasty}`, 'denied', nasty),
      artifact({ id: 'engine.info' }),
      artifact({ id: 'engine.config.expanded', side: 'target' }),
    ],
  },
  assessment: nastyAssessment,
  triage: nastyTriage,
  action: { command: nasty, output: nasty },
  notes: [nasty],
  textOf: () => nasty,
};
