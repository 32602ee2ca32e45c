/** The commands of the classic bug report, and how long a command takes; shared by the benches that compare with them. */

import { spawnSync } from 'node:child_process';

/** What a person types one after another for the container `name`, with the evidence that answers the same. */
export function commandsByHand(name) {
  return [
    { id: 'engine.info', argv: ['lxc', 'info'] },
    { id: 'engine.info.instance', argv: ['lxc', 'info', name] },
    { id: 'engine.config.expanded', argv: ['lxc', 'config', 'show', '--expanded', name] },
    { id: 'host.dmesg', argv: ['dmesg'] },
    { id: 'proc.self.mountinfo', argv: ['cat', '/proc/self/mountinfo'] },
    { id: 'instance.mountinfo', argv: ['lxc', 'exec', name, '--', 'cat', '/proc/self/mountinfo'] },
    { id: 'host.uname', argv: ['uname', '-a'] },
    { id: 'engine.log', argv: ['cat', '/var/log/lxd/lxd.log'] },
    { id: 'engine.networks', argv: ['lxc', 'network', 'list'] },
    { id: 'instance.logs', argv: ['ls', '-la', `/var/log/lxd/${name}`] },
    { id: 'criu.version', argv: ['criu', '--version'] },
    { id: 'criu.check.all', argv: ['criu', 'check', '--all'] },
    { id: 'engine.show-log', argv: ['lxc', 'info', name, '--show-log'] },
  ];
}

/** Wall time of one run in milliseconds, and how it ended. `stdio` as for spawn; by default the output is read. */
export function time([file, ...argv], stdio = ['ignore', 'pipe', 'pipe'], env = process.env) {
  const begin = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(file, argv, { stdio, env, maxBuffer: 256 * 1024 * 1024 });
  if (error) throw error;
  return { ms: Number(process.hrtime.bigint() - begin) / 1e6, status, stderr: String(stderr ?? '') };
}

/** The middle one. */
export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Prints a ratio against its budget; whether it is within. */
export function tellRatio(what, ratio, budget) {
  const isWithin = ratio <= budget;
  console.log(`${what}: ratio ${ratio.toFixed(2)}, ${isWithin ? 'within' : 'over'} the budget of ${budget}`);
  return isWithin;
}
