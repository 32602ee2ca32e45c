/** The steps that the runs of some logs came to, with their times. */

import type { LogReading, LogRun } from '../evidence/log-reading.js';
import type { LogPhase, TimelineEntry } from './finding.js';

const stepsOf = (run: LogRun, prefix: string): TimelineEntry[] =>
  run.marks.flatMap(({ mark, timeS }) =>
    mark.step === undefined
      ? []
      : [
          {
            ...(timeS === undefined ? {} : { timeS }),
            phase: mark.phase ?? run.phase ?? ('unknown' satisfies LogPhase),
            text: `${prefix}${mark.step}`,
          },
        ],
  );

/** Steps log by log and run by run; the name of the log stands in front where there are several. */
export const timelineOf = (readings: readonly LogReading[]): readonly TimelineEntry[] => {
  const told = readings.filter((reading) => reading.runs.some((run) => run.marks.length > 0));
  return told.flatMap((reading) =>
    reading.runs.flatMap((run) => stepsOf(run, told.length > 1 ? `${reading.file}: ` : '')),
  );
};
