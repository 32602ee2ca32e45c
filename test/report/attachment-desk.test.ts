/** The report file for apport inside of a report is the one that `file` makes of that report. */

import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { createAssembler } from '../../src/report/assembler.js';
import { watchAttachments } from '../../src/report/attachment-desk.js';
import { packAttachments } from '../../src/report/pack-attachments.js';
import { readFiledTexts } from '../../src/report/read-filed.js';
import type { Artifact, Manifest } from '../../src/source/manifest.js';
import type { Evidence } from '../../src/source/source.js';
import { openBundle } from '../../src/source/bundle.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { packReport } from '../source/sample-report.js';
import { createScratch } from '../source/scratch.js';

const scratch = createScratch('desk');

async function both(evidence: readonly Evidence[]) {
  const files = new Map<string, string>();
  const writer = {
    add: (name: string, content: Buffer | string) => Promise.resolve(void files.set(name, String(content))),
  };
  const desk = watchAttachments(createAssembler(writer, (each) => ({ evidence: each, entries: [] })));
  for (const each of evidence)
    await desk.assembler.add(each, { side: each.id.startsWith('action.') ? 'action' : 'source' });
  const manifest: Manifest = {
    schema: 'crdoctor.manifest/1',
    crdoctor: '0.1.0',
    createdAt: '2026-11-20T12:00:00.000Z',
    instance: 'c1',
    complete: true,
    artifacts: desk.assembler.artifacts(),
  };
  const bundle = await openBundle(scratch(packReport({ manifest, files })));
  const texts = await readFiledTexts(bundle);
  return { written: await desk.packed(manifest), read: await packAttachments(texts.attachments), texts };
}

describe('attachments', () => {
  it('are the same when a report is written and when it is read', async () => {
    const { written, read } = await both([
      fakeEvidence('host.dmesg', 'line\n'.repeat(100_000)),
      fakeEvidence('criu.check.all', { text: 'Looks good.\n', stderr: 'Warn  (criu/cr-check.c:1)\n' }),
      fakeEvidence('action.output', 'Error: no\n'),
      fakeEvidence('host.uname', { status: 'absent' }),
    ]);
    expect(written).toEqual(read);
    expect(read.map(({ name, isGzip }) => [name, isGzip])).toEqual([
      ['action-action.output.txt', false],
      ['source-host.dmesg.txt', true],
      ['source-criu.check.all.txt', false],
      ['source-criu.check.all.stderr.txt', false],
    ]);
  });

  it('never hold images, nor what else lies beside the state of a container', async () => {
    const { written, read } = await both([
      fakeEvidence('instance.state.pages-1.img', 'memory'),
      fakeEvidence('instance.snapshot.s0.state.core-1', 'registers'),
      fakeEvidence('instance.state.dump.log', '(00.000001) Dumping\n'),
      fakeEvidence('engine.log', 'text\0with what no text holds'.repeat(20)),
    ]);
    expect(read.map(({ name }) => name)).toEqual(['source-instance.state.dump.log']);
    expect(written).toEqual(read);
  });

  it('are not kept back by somebody who writes a NUL into a log', async () => {
    const { written, read } = await both([fakeEvidence('action.output', 'Error: no\0\n')]);
    expect(read.map(({ body }) => body.toString())).toEqual(['Error: no\0\n']);
    expect(written).toEqual(read);
  });

  it('are there once when two are the same, and large', async () => {
    const log = '(00.000001) Dumping\n'.repeat(2000);
    const { read, texts } = await both([
      fakeEvidence('instance.log.dump.log', log),
      fakeEvidence('instance.state.dump.log', log),
    ]);
    expect(read.map(({ name }) => name)).toEqual(['source-instance.log.dump.log']);
    expect(texts.leftOut).toEqual([
      { path: 'source/instance.state.dump.log', bytes: log.length, reason: 'the same as source/instance.log.dump.log' },
    ]);
  });

  it('are not believed to be as small as the manifest says', async () => {
    const huge = 'x'.repeat(17 * 1024 * 1024);
    const sha256 = createHash('sha256').update(huge).digest('hex');
    const about = { origin: 'dmesg', status: 'ok', startedAt: '', durationMs: 0, redactions: 0 } as const;
    const artifact: Artifact = {
      ...about,
      id: 'host.dmesg',
      side: 'source',
      path: 'source/host.dmesg.txt',
      bytes: 5,
      sha256,
    };
    const manifest: Manifest = {
      schema: 'crdoctor.manifest/1',
      crdoctor: '0.1.0',
      createdAt: '',
      complete: true,
      artifacts: [artifact],
    };
    const bundle = await openBundle(
      scratch(packReport({ manifest, files: new Map([['source/host.dmesg.txt', huge]]) })),
    );
    const texts = await readFiledTexts(bundle);
    expect(texts.attachments).toEqual([]);
    expect(texts.leftOut).toEqual([{ path: 'source/host.dmesg.txt', bytes: huge.length, reason: 'too large' }]);
  });
});
