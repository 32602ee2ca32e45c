import { expect, it } from 'vitest';

import { findLockWaits } from '../../src/actions/look-at-work.js';

const locks = [
  '1: FLOCK  ADVISORY  WRITE 7686 fe:00:1810264 0 EOF',
  '1: -> FLOCK  ADVISORY  WRITE 8085 fe:00:1810264 0 EOF',
  '2: POSIX  ADVISORY  WRITE 68 00:36:6 0 EOF',
].join('\n');

it('tells who holds the lock that a process waits for', () => {
  expect(findLockWaits(locks, [8085])).toEqual([
    'a flock on the file fe:00:1810264 (device and inode) that process 7686 holds',
  ]);
});

it('says nothing of those who hold locks, and of others who wait', () => {
  expect(findLockWaits(locks, [7686, 68])).toEqual([]);
  expect(findLockWaits('', [8085])).toEqual([]);
});
