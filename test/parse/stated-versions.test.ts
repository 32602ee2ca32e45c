import { describe, expect, test } from 'vitest';

import { parseStatedVersions } from '../../src/parse/stated-versions.js';

describe('parseStatedVersions', () => {
  test.each([
    [
      { criu: '4.1.1-1 (trixie)', kernel: '6.18.44-custom' },
      { criu: '4.1.1-1', kernel: '6.18.44-custom' },
    ],
    [
      { criu: '2.4 (v2.4-66-g5d0a91e)', kernel: '5.15.0-1017-aws (Ubuntu 20.04)' },
      { criu: '2.4', kernel: '5.15.0-1017-aws' },
    ],
    [{ criu: 'A: 4.1.1, B: 3.17.1', kernel: 'Ubuntu 22.04.1' }, {}],
    [{ criu: null, kernel: 7, engine: 'runc 1.1' }, { engine: 'runc 1.1' }],
  ])('%j', (stated, versions) => {
    expect(parseStatedVersions(JSON.stringify(stated))).toEqual(versions);
  });

  test.each(['', '[]', 'null', '{"criu":'])('%j is none', (text) => {
    expect(parseStatedVersions(text)).toBeUndefined();
  });
});
