/** How the tests run: in threads of one process image, because nothing here needs a fresh module registry. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/lab/**'],
    pool: 'threads',
    isolate: false,
    testTimeout: 20_000,
  },
});
