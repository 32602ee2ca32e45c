/** Draws progress events as text: lines, JSON lines, or only what takes long. */

import type { ProgressEvent, ProgressSink } from './progress.js';

/** Takes one whole line without its line break. Steps can hold names of the host: escape before printing. */
export type WriteLine = (line: string) => void;

/** How long a step may take before `auto` speaks of it. */
const patienceMs = 1000;

/** A line when a step starts and one when it ends, with seconds. */
export function lineSink(writeLine: WriteLine): ProgressSink {
  return (event) => writeLine(describe(event));
}

/** One JSON object per event and line, keys as in {@link ProgressEvent}. */
export function jsonSink(writeLine: WriteLine): ProgressSink {
  return (event) => writeLine(JSON.stringify(event));
}

/** Silent as long as steps are quick; a step that takes longer than a second gets its two lines. */
export function slowStepSink(writeLine: WriteLine, afterMs = patienceMs): ProgressSink {
  const waiting = new Map<string, NodeJS.Timeout>();
  const announced = new Set<string>();
  return (event) => {
    if (event.type === 'started') {
      const timer = setTimeout(() => {
        waiting.delete(event.step);
        announced.add(event.step);
        writeLine(describe(event));
      }, afterMs);
      timer.unref();
      waiting.set(event.step, timer);
      return;
    }
    clearTimeout(waiting.get(event.step));
    waiting.delete(event.step);
    if (announced.delete(event.step)) writeLine(describe(event));
  };
}

function describe(event: ProgressEvent): string {
  if (event.type === 'started') return `${event.step} …${event.detail === undefined ? '' : ` ${event.detail}`}`;
  return `${event.step}: ${event.status} after ${(event.durationMs / 1000).toFixed(1)} s`;
}
