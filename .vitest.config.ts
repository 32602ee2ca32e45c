/** How the tests run: in threads of one process image, because nothing here needs a fresh module registry. */

import { defineConfig } from 'vitest/config';

import { counts } from './.vitest.counts.ts';

const shared = { pool: 'threads', isolate: false } as const;

export default defineConfig({
  test: {
    reporters: ['default', counts],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**'],
          // For what would hang; how fast things are is measured in bench/.
          testTimeout: 60_000,
        },
      },
      {
        // One after another, because these share two hosts.
        test: {
          ...shared,
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          exclude: ['test/lab/guard*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        // Faults on real containers, for a quarter of an hour.
        test: {
          ...shared,
          name: 'guard',
          include: ['test/lab/guard*.test.ts'],
          exclude: ['test/lab/guard-incus.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        // The same faults on Incus, and those that it alone has.
        test: {
          ...shared,
          name: 'guard-incus',
          include: ['test/lab/guard.test.ts', 'test/lab/guard-incus.test.ts'],
          env: { CRDOCTOR_LAB_HOST: 'c' },
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
