import { expect, it } from 'vitest';

import { gatherProcesses } from '../../src/evidence/process-evidence.js';
import type { Evidence, EvidenceRequest, Source } from '../../src/source/source.js';
import { linksOf, taskText } from '../facts/task-text.js';
import { fakeEvidence } from './fake-source.js';

/** Entering a namespace fails, as it does without root; all else is answered. */
function sourceOf(tasks: string): { source: Source; asked: string[] } {
  const asked: string[] = [];
  const answer = (request: EvidenceRequest): Evidence => {
    if (request.kind !== 'command') return fakeEvidence(request.id, request.id === 'instance.tasks' ? tasks : 'x');
    asked.push(request.argv.join(' '));
    const isEntering = request.argv[0] === 'nsenter';
    return { ...fakeEvidence(request.id, 'told'), ...(isEntering && { status: 'failed' as const }) };
  };
  return { asked, source: { where: 'test', gather: (requests) => Promise.resolve(requests.map(answer)) } };
}

it('asks without entering a network namespace that it is in itself', async () => {
  const text = taskText([{ pid: 10 }]).replace(linksOf(2), linksOf(2, { net: 'net:[1]' }));
  const { source, asked } = sourceOf(text);
  const answers = await gatherProcesses(source, 10);
  expect(answers.find(({ id }) => id === 'instance.sockets')).toMatchObject({ status: 'ok', text: 'told' });
  expect(asked).toContain('ss -H -a -n -e -A unix,netlink');
});

it('does not ask for the sockets of another network namespace', async () => {
  const { source, asked } = sourceOf(taskText([{ pid: 10 }]));
  const answers = await gatherProcesses(source, 10);
  expect(answers.find(({ id }) => id === 'instance.sockets')?.status).toBe('failed');
  expect(asked.filter((argv) => !argv.startsWith('nsenter'))).toEqual([]);
});
