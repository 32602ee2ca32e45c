import { describe, expect, it } from 'vitest';

import { deriveFacts } from '../../src/facts/derive.js';
import { createRemoteApi, remoteServerRequest } from '../../src/evidence/remote-api.js';
import { fakeEvidence, fakeSource } from './fake-source.js';

const remote = { client: 'lxc', name: 'b' };
const environment = {
  kernel_version: '6.12.48+deb13-amd64',
  kernel_architecture: 'x86_64',
  server_name: 'far',
  server_version: '5.0.2',
};
const server = fakeEvidence('target.api', JSON.stringify({ environment }));

describe('a server known by its API alone', () => {
  it('asks the client the same of the other server', async () => {
    const local = fakeSource({ 'lxc query b:/1.0/profiles?recursion=1': '[]' });
    const source = createRemoteApi(local, remote, server);
    const [answer] = await source.gather([
      { id: 'engine.profiles', kind: 'command', argv: ['lxc', 'query', 'local:/1.0/profiles?recursion=1'] },
    ]);
    expect(answer).toMatchObject({ id: 'engine.profiles', status: 'ok', text: '[]' });
    expect(local.asked).toEqual([['engine.profiles']]);
  });

  it('takes kernel and machine from what the server tells of itself', async () => {
    const source = createRemoteApi(fakeSource({}), remote, server);
    const evidence = await source.gather([
      { id: 'host.uname', kind: 'command', argv: ['uname', '-a'] },
      { id: 'proc.osrelease', kind: 'file', paths: ['/proc/sys/kernel/osrelease'] },
    ]);
    const { facts } = deriveFacts({ engine: 'lxd', source: [], target: evidence });
    expect(facts.target).toMatchObject({
      hostname: 'far',
      machine: 'x86_64',
      kernel: { release: environment.kernel_version },
    });
  });

  it('never answers for the other host with what is here', async () => {
    const local = fakeSource({ 'criu.version': 'Version: 4.2.1\n', 'proc.cpuinfo': 'flags: x\n' });
    const answers = await createRemoteApi(local, remote, server).gather([
      { id: 'criu.version', kind: 'command', argv: ['criu', '--version'] },
      { id: 'proc.cpuinfo', kind: 'file', paths: ['/proc/cpuinfo'] },
      { id: 'engine.version', kind: 'command', argv: ['lxc', 'version'] },
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(answers[0]?.reason).toBe('the API of b: does not tell it, and that host could not be reached otherwise');
    expect(local.asked.flat()).toEqual([]);
  });

  it.each(['', 'Error: not found', '{"environment": {"kernel_version": "6 evil\\nLinux"}}'])(
    'makes nothing up from %j',
    async (text) => {
      const source = createRemoteApi(fakeSource({}), remote, fakeEvidence('target.api', text));
      const [answer] = await source.gather([{ id: 'proc.osrelease', kind: 'file', paths: ['/x'] }]);
      expect(answer?.status).toBe('failed');
    },
  );

  it('is asked whether it answers at all', () => {
    expect(remoteServerRequest(remote).argv).toEqual(['lxc', 'query', 'b:/1.0']);
  });
});
