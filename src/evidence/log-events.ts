/** Keeps the lines that matter within a fixed amount of memory, whatever a log repeats. */

import type { LogEvent } from './log-reading.js';

/** Collects events; of those that look alike, the first and the last ones. */
export interface EventStore {
  /** Whether an event with this key would be among those whose context is kept. */
  wantsContext(key: string): boolean;
  add(key: string, event: LogEvent): void;
  /** In the order of the log. */
  all(): LogEvent[];
  isFull(): boolean;
}

/** Different kinds of lines that are kept. A CRIU log has some dozens. */
const maxKeys = 500;
const maxFirst = 16;
const maxLast = 4;
const maxContexts = 4;

/** Makes an empty store. */
export const createEventStore = (): EventStore => {
  const first = new Map<string, LogEvent[]>();
  const last = new Map<string, LogEvent[]>();
  let dropped = false;
  return {
    wantsContext: (key) => (first.get(key)?.length ?? 0) < maxContexts,
    add(key, event) {
      const kept = first.get(key);
      if (kept === undefined) {
        if (first.size < maxKeys) first.set(key, [event]);
        else dropped = true;
      } else if (kept.length < maxFirst) kept.push(event);
      else {
        const newest = last.get(key) ?? [];
        newest.push(event);
        if (newest.length > maxLast) newest.shift();
        last.set(key, newest);
      }
    },
    all: () =>
      [...first.values(), ...last.values()]
        .flat()
        .map((event, index) => ({ event, index }))
        .toSorted((a, b) => a.event.line - b.event.line || a.index - b.index)
        .map(({ event }) => event),
    isFull: () => dropped,
  };
};
