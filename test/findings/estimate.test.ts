import { describe, expect, it } from 'vitest';

import { estimateNotes } from '../../src/findings/estimate.js';

const mebibyte = 1024 * 1024;

describe('estimateNotes', () => {
  it('adds up what goes into the images and what takes time', () => {
    const notes = estimateNotes({
      tasks: [{ pid: 1 }, { pid: 2 }],
      memory: {
        privateBytes: 90 * mebibyte,
        sharedBytes: 8 * mebibyte,
        temporaryBytes: 2 * mebibyte,
        descriptors: 100,
      },
      storage: { freeBytes: 1024 * mebibyte },
      descriptors: {
        deleted: [
          { links: 0, allocatedBytes: mebibyte },
          // Another name is left, so its contents stay where they are.
          { links: 1, allocatedBytes: 500 * mebibyte },
        ],
      },
    });
    expect(notes).toEqual([
      {
        topic: 'estimate',
        isAlways: true,
        text: 'about 101 MiB of images, 1 GiB free for them; frozen for about 0.3 s',
      },
      {
        topic: 'size of the images',
        text: 'about 101 MiB: 90 MiB of anonymous and swapped out memory + 8 MiB of shared memory + 2 MiB in tmpfs mounts (before they are packed) + 1 MiB of deleted files',
      },
      {
        topic: 'frozen time',
        text: 'about 0.3 s: 20 ms to begin + 2 processes of 10 ms + 100 descriptors of 0.15 ms + 100 MiB at 2.2 ms for each MiB; a loaded machine or a slow disk takes several times as long',
      },
    ]);
  });

  it('does not guess', () => {
    expect(estimateNotes({})).toEqual([
      { topic: 'estimate', text: 'not known, because not all processes could be looked at' },
    ]);
  });
});
