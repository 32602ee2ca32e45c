/** Ends a test run with one line that every reader of logs understands: `N passed, N failed, N skipped`. */

import type { Reporter, TestModule } from 'vitest/node';

export const counts: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    // A file that does not even load has no tests that could fail.
    const broken = modules.filter((module) => module.children.size === 0 && module.state() === 'failed').length;
    const count = (state: string): number => states.filter((each) => each === state).length;
    const line = `${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`;
    // After what the other reporters still have to say.
    process.once('exit', () => {
      process.stdout.write(`${line}\n`);
    });
  },
};
