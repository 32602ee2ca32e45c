/** Programs that hold something open, for tests that look at real processes. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface HeldProcess {
  readonly pid: number;
  end(): Promise<void>;
}

/** Runs JavaScript in a process of its own; it is ready when it has printed something, and ends with its input. */
export async function holdScript(script: string, cwd: string): Promise<HeldProcess> {
  const wait = "process.stdin.resume(); process.stdin.on('end', () => process.exit());";
  return await hold(spawn(process.execPath, ['-e', `${script}\n${wait}`], { cwd, stdio: ['pipe', 'pipe', 'inherit'] }));
}

/** Runs a shell script that prints something when it is ready and ends with its input. */
export async function holdShell(script: string, cwd: string): Promise<HeldProcess> {
  return await hold(spawn('sh', ['-c', script], { cwd, stdio: ['pipe', 'pipe', 'inherit'] }));
}

async function hold(child: ChildProcess): Promise<HeldProcess> {
  const { stdout, stdin, pid } = child;
  if (stdout === null || stdin === null || pid === undefined) throw new Error('the program did not start');
  await Promise.race([
    once(stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the program ended before it was ready');
    }),
  ]);
  return {
    pid,
    async end() {
      const isOver = once(child, 'exit');
      stdin.end();
      await isOver;
    },
  };
}
