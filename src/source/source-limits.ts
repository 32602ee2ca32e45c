/** Limits that a live source keeps to when a request brings none of its own. */

export const sourceLimits = {
  /** For commands. */
  timeoutMs: 20_000,
  /** For one file, listing or measurement. */
  fileTimeoutMs: 3_000,
  maxBytes: 4 * 1024 * 1024,
  /** Of each of several small files. */
  maxSmallBytes: 65_536,
  /** A task needs some 2 KiB, so this is room for more tasks than a pid namespace usually allows. */
  tasksMaxBytes: 128 * 1024 * 1024,
  /** A disk that is slower than this under load is given up. */
  slowestBytesPerMs: 16 * 1024,
  /** Programs at once: they mostly wait for a daemon, so more than there are processors. */
  sideBySide: 12,
} as const;
