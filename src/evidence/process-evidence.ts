/** Asks a source for what it knows of the processes of an instance, and asks again more simply where that is enough. */

import { parseTasks } from '../parse/tasks.js';
import type { CommandRequest, Evidence, EvidenceRequest, Source } from '../source/source.js';
import { processRequests } from './catalogue.js';

/**
 * Entering a network namespace needs root. Where the processes are in the same one as crdoctor, the same
 * programs tell the same without entering anything.
 */
export async function gatherProcesses(
  source: Source,
  pid: number,
  others: readonly EvidenceRequest[] = [],
): Promise<readonly Evidence[]> {
  const requests = processRequests(pid);
  const answers = await source.gather([...requests, ...others]);
  const failed = new Set(
    answers.filter(({ status }) => status === 'failed' || status === 'denied').map(({ id }) => id),
  );
  const simpler = requests.flatMap((request) => (failed.has(request.id) ? withoutEntering(request) : []));
  if (simpler.length === 0 || !isInOurNetwork(answers)) return answers;
  const again = new Map((await source.gather(simpler)).map((answer) => [answer.id, answer]));
  return answers.map((answer) => again.get(answer.id) ?? answer);
}

function withoutEntering(request: EvidenceRequest): readonly CommandRequest[] {
  if (request.kind !== 'command' || request.argv[0] !== 'nsenter') return [];
  const [program, ...args] = request.argv.slice(request.argv.indexOf('--') + 1);
  return program === undefined ? [] : [{ ...request, argv: [program, ...args] }];
}

function isInOurNetwork(answers: readonly Evidence[]): boolean {
  const text = answers.find(({ id }) => id === 'instance.tasks')?.text ?? '';
  const tree = parseTasks(text);
  const link = tree?.tasks[0]?.namespaces['net'];
  return link !== undefined && link === tree?.ownNamespaces?.['net'];
}
