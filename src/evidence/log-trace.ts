/** Keeps what every line of the runs of a log is like, so that one run can be compared with another. */

import { lineClassOf } from '../parse/line-class.js';
import type { LogRecord } from '../parse/log-line.js';
import type { RunTrace } from './log-reading.js';

/** Kinds of lines kept per run. A verbose log of a large container has some hundreds. */
const maxClasses = 5000;
const maxText = 512;

/** Lines that tell how much a run handles (seize.c, cr-dump.c, files.c, mount.c, pagemap: CRIU 1.6 … 4.2). */
const counters: readonly (readonly [RegExp, string])[] = [
  [/^Seized task \d+/, 'tasks'],
  [/^Forking task with \d+ pid/, 'tasks'],
  [/^Found (\d+) file descriptors/, 'open files'],
  [/^(?:[a-z-]+: )?Collect fdinfo pid=/, 'open files'],
  [/^(?:mnt: )?\t\d+: [0-9a-f]+:\S* @ /, 'mounts'],
  [/^(?:mnt: )?\tRead \d+ mp @ /, 'mounts'],
  [/^Pagemap generated: (\d+) pages/, 'pages'],
];

interface OpenClass {
  readonly line: number;
  readonly text: string;
  readonly level: LogRecord['level'];
  count: number;
}

interface OpenTrace {
  readonly classes: Map<string, OpenClass>;
  readonly counts: Record<string, number>;
  isFull: boolean;
}

/** Records the lines of one log. */
export interface TraceRecorder {
  /** `run` is the index of the run that the line belongs to. */
  record(run: number, record: LogRecord, text: string, line: number): void;
  finish(runs: number): readonly RunTrace[];
}

const newTrace = (): OpenTrace => ({ classes: new Map(), counts: {}, isFull: false });

const count = ({ counts }: OpenTrace, message: string): void => {
  const found = counters.find(([pattern]) => pattern.test(message));
  if (found === undefined) return;
  const [pattern, name] = found;
  counts[name] = (counts[name] ?? 0) + Number(pattern.exec(message)?.[1] ?? 1);
};

const keep = (trace: OpenTrace, { level, message }: LogRecord, text: string, line: number): void => {
  const key = lineClassOf(message);
  if (key === '') return;
  const known = trace.classes.get(key);
  if (known !== undefined) known.count += 1;
  else if (trace.classes.size >= maxClasses) trace.isFull = true;
  else trace.classes.set(key, { line, text: text.slice(0, maxText), level, count: 1 });
};

const finishTrace = ({ classes, counts, isFull }: OpenTrace): RunTrace => ({
  classes,
  counts,
  isFull,
});

/** Makes a recorder for one log. */
export const createTraceRecorder = (): TraceRecorder => {
  const traces: OpenTrace[] = [];
  return {
    record(run, record, text, line) {
      if (record.kind !== 'criu') return;
      const trace = (traces[run] ??= newTrace());
      count(trace, record.message);
      keep(trace, record, text, line);
    },
    finish: (runs) => Array.from({ length: runs }, (_, run) => finishTrace(traces[run] ?? newTrace())),
  };
};
