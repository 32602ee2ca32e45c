/** This machine, as the reader of processes sees it. */

import { lstatSync, readdirSync, readlinkSync, statfsSync, statSync } from 'node:fs';

import { runCommand, type RunOptions } from '../process/run.js';
import type { ProcFiles } from './proc-files.js';
import { readHead, readLines, readParts, readShown } from './small-file.js';

const calmPauses = 50;

/** Synchronous calls: see {@link readTasks}. */
export function openLocalProcFiles(context: Pick<RunOptions, 'env' | 'signal'>): ProcFiles {
  return {
    shown: readShown,
    shownLast: readShown,
    parts: readParts,
    lines: readLines,
    head: readHead,
    names: (path) => readdirSync(path),
    link: (path) => readlinkSync(path),
    stat: (path) => statSync(path, { bigint: true }),
    lstat: (path) => lstatSync(path, { bigint: true }),
    space: (path) => statfsSync(path),
    expect: () => {},
    expectMeasure: () => {},
    run: (argv, options) => runCommand(argv, { ...context, ...options }),
    processor: process.arch,
    calmPauses,
  };
}
