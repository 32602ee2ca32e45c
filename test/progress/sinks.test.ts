import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { jsonSink, lineSink, slowStepSink } from '../../src/progress/sinks.js';

const started = { type: 'started', step: 'criu.check', detail: 'criu check --all' } as const;
const ended = { type: 'ended', step: 'criu.check', status: 'ok', durationMs: 1234 } as const;

describe('progress sinks', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const write = (line: string): void => void lines.push(line);

  it('writes a line at the start and one at the end', () => {
    const sink = lineSink(write);
    sink(started);
    sink(ended);
    expect(lines).toEqual(['criu.check … criu check --all', 'criu.check: ok after 1.2 s']);
  });

  it('writes JSON lines', () => {
    jsonSink(write)(started);
    expect(lines).toEqual(['{"type":"started","step":"criu.check","detail":"criu check --all"}']);
  });

  it('says nothing of quick steps', () => {
    const sink = slowStepSink(write);
    sink(started);
    vi.advanceTimersByTime(900);
    sink(ended);
    vi.advanceTimersByTime(5000);
    expect(lines).toEqual([]);
  });

  it('speaks up when a step takes long', () => {
    const sink = slowStepSink(write);
    sink(started);
    vi.advanceTimersByTime(1001);
    expect(lines).toHaveLength(1);
    sink(ended);
    expect(lines).toHaveLength(2);
  });
});
