/** A source made of answers written down in the test. */

import type { Evidence, EvidenceRequest, Source } from '../../src/source/source.js';

export type FakeAnswer = string | Partial<Evidence>;

/** Evidence with the answer given: a text is `ok`. */
export function fakeEvidence(id: string, answer: FakeAnswer): Evidence {
  const given = typeof answer === 'string' ? { text: answer } : answer;
  return {
    id,
    origin: id,
    status: 'ok',
    startedAt: '2026-11-20T12:00:00.000Z',
    durationMs: 1,
    bytes: given.text?.length ?? 0,
    ...given,
  };
}

/**
 * Answers by request id, or by the argv joined with blanks; all else is absent. `asked` collects the
 * ids of each round.
 */
export function fakeSource(answers: Readonly<Record<string, FakeAnswer>>): Source & { readonly asked: string[][] } {
  const asked: string[][] = [];
  const answerTo = (request: EvidenceRequest): Evidence => {
    const argv = request.kind === 'command' ? request.argv.join(' ') : '';
    return fakeEvidence(request.id, answers[argv] ?? answers[request.id] ?? { status: 'absent' });
  };
  return {
    where: 'local',
    asked,
    gather: (requests) => {
      asked.push(requests.map(({ id }) => id));
      return Promise.resolve(requests.map(answerTo));
    },
  };
}

/** A host with LXD of Debian: programs and traces. */
export const debianWithLxd = {
  'host.programs': 'criu /usr/sbin/criu\nlxc /usr/bin/lxc\nip /usr/sbin/ip\n',
  'host.engines':
    '== failed /var/lib/lxd\n== absent /var/snap/lxd/common/lxd\n== absent /var/lib/incus\n== ok /var/lib/dpkg/info/lxd.list\n',
};

/** Answer of LXD for a running container. */
export function lxdInstance(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    name: 'c1',
    type: 'container',
    status: 'Running',
    project: 'default',
    expanded_config: {},
    expanded_devices: { root: { path: '/', pool: 'default', type: 'disk' } },
    state: { pid: 812 },
    ...changes,
  });
}

export const failed = (stderr: string): FakeAnswer => ({
  status: 'failed',
  exitStatus: 1,
  stderr,
  reason: 'exit status 1',
});
