/** Plain LXC: liblxc with its own tools and no daemon. */

import type { Evidence } from '../source/source.js';
import { parseLxcInfo, parseLxcNames } from '../parse/lxc-info.js';
import type { Engine, InstanceAnswer } from './engine.js';
import { liblxcPasses } from './lxd-family.js';

const toolTimeoutMs = 10_000;
/** Of the system's own containers; those of ordinary users cannot be checkpointed. */
const home = '/var/lib/lxc';
const noDaemon = 'LXC has no daemon';

export const lxc: Engine = {
  name: 'lxc',
  title: 'LXC',
  client: 'lxc-info',
  traces: [home],
  // lxc-checkpoint always asks for it (liblxc `criu.c`: preserves_inodes is left unset).
  passes: [...liblxcPasses, '--force-irmap'],
  lxcDefaults: {},
  refuseName,
  serverRequest: { id: 'engine.server', kind: 'command', argv: ['lxc-info', '--version'], timeoutMs: toolTimeoutMs },
  instanceRequests: (name) => [
    { id: 'engine.instance', kind: 'command', argv: ['lxc-info', `--name=${name}`], timeoutMs: toolTimeoutMs },
  ],
  pidRequest: () => undefined,
  targetRequests: [],
  neighboursRequest: undefined,
  namesRequest: { id: 'engine.instances', kind: 'command', argv: ['lxc-ls', '-1'], timeoutMs: toolTimeoutMs },
  readInstance: (evidence) => readInstance(evidence.get('engine.instance')),
  readNames: ({ text }) => parseLxcNames(text ?? ''),
  findPlaces: ({ name }) => ({
    logs: '/var/log/lxc',
    logPrefix: `${name}.log`,
    lxcConfig: [`${home}/${name}/config`],
    storage: undefined,
    cgroup: `lxc.payload.${name}`,
  }),
  report: {
    requests: () => [
      { id: 'engine.version', kind: 'command', argv: ['lxc-info', '--version'], timeoutMs: toolTimeoutMs },
      { id: 'engine.networks', kind: 'file', paths: ['/etc/default/lxc-net'] },
    ],
    instanceRequests: (name) => [
      { id: 'engine.info.instance', kind: 'command', argv: ['lxc-info', `--name=${name}`], timeoutMs: toolTimeoutMs },
      { id: 'engine.config.expanded', kind: 'file', paths: [`${home}/${name}/config`] },
    ],
    lacks: {
      'engine.info': noDaemon,
      'engine.log': noDaemon,
      'host.journal': noDaemon,
      'engine.operations': noDaemon,
      'engine.warnings': noDaemon,
      'engine.storage': noDaemon,
      'engine.profiles': 'LXC has no profiles',
      'engine.network.show': 'LXC does not manage networks; /etc/default/lxc-net is in engine.networks',
      'engine.checkpoints': 'lxc-checkpoint writes to the directory it is given',
      'engine.show-log': 'LXC does not show logs; the file itself is among instance.log',
    },
  },
  guard: undefined,
  startCommand: (name) => `lxc-start --name=${name}`,
};

function refuseName(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) return 'names are names of directories';
  if (/[\u0000-\u001f\u007f\ufffd]/.test(name)) return 'names have no control characters and are UTF-8';
  return name.length > 200 ? 'names have at most 200 characters' : undefined;
}

function readInstance(answer: Evidence | undefined): InstanceAnswer {
  if (answer === undefined || answer.status === 'timed-out' || answer.status === 'absent') {
    return unreachable(answer?.reason ?? 'it was not asked', '');
  }
  const info = parseLxcInfo(answer.text ?? '');
  if (info === undefined) {
    const message = `${answer.stderr ?? ''}${answer.text ?? ''}`.trim();
    if (message.includes("doesn't exist")) return { outcome: 'missing' };
    if (/permission|privilege/i.test(message)) return unreachable('no permission', 'Run as root.');
    return unreachable(message.split('\n', 1)[0] || 'no answer', `Try \`${answer.origin}\` yourself.`);
  }
  const { name, state, pid } = info;
  return {
    outcome: 'found',
    instance: {
      name,
      type: 'container',
      status: state,
      project: 'default',
      isEphemeral: undefined,
      isStateful: undefined,
      pid,
      config: {},
      devices: {},
    },
  };
}

function unreachable(reason: string, hint: string): InstanceAnswer {
  return { outcome: 'unreachable', reason: `LXC could not be asked: ${reason}`, hint };
}
