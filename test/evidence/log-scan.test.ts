import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createLogScan, maxLineBytes, type LineSink } from '../../src/evidence/log-scan.js';

interface Collected extends LineSink {
  readonly lines: (readonly [number, string])[];
}

const collect = (isSkimmable = false): Collected => {
  const lines: (readonly [number, string])[] = [];
  return { lines, line: (text, number) => lines.push([number, text]), isSkimmable: () => isSkimmable };
};

const scan = (chunks: readonly Buffer[], sink: Collected): number => {
  const log = createLogScan(sink);
  for (const chunk of chunks) log.push(chunk);
  log.end();
  return log.lines();
};

const filler = '(00.074576) page-pipe: \t\t0x7f8f77f43000 - 0x7f8f78043000\n';
const error = "(00.191065) Error (criu/files-reg.c:1031): Can't dump ghost file /root/big\n";

describe('a scan', () => {
  test('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z\u00E9 ]{0,20}$/)), fc.array(fc.nat(60)), (words, cuts) => {
        const whole = Buffer.from(words.join('\n'));
        const offsets = [...new Set(cuts.filter((cut) => cut < whole.length))].toSorted((a, b) => a - b);
        const chunks = [...offsets, whole.length].map((end, index) => whole.subarray(offsets[index - 1] ?? 0, end));
        const [inOne, inMany] = [collect(), collect()];
        scan([whole], inOne);
        scan(chunks, inMany);
        expect(inMany.lines).toEqual(inOne.lines);
        expect(inOne.lines.map(([, text]) => text).join('\n')).toBe(words.join('\n').replace(/\n$/, ''));
      }),
    );
  });

  test('cuts a line that has no end, and goes on behind it', () => {
    const sink = collect();
    const chunks = Array.from({ length: 40 }, () => Buffer.alloc(100_000, 'A'));
    expect(scan([...chunks, Buffer.from('\nnext\n')], sink)).toBe(2);
    expect(sink.lines.map(([number, text]) => [number, text.length])).toEqual([
      [1, maxLineBytes],
      [2, 4],
    ]);
  });

  test('passes by the middle of a huge CRIU log, but for errors and what stands around them', () => {
    const middle = filler.repeat(60_000);
    const text = filler + middle + error + middle + error + middle + middle;
    const whole = Buffer.from(text);
    const sink = collect(true);
    const chunks = Array.from({ length: Math.ceil(whole.length / 300_000) }, (_, index) =>
      whole.subarray(index * 300_000, (index + 1) * 300_000),
    );
    expect(scan(chunks, sink)).toBe(240_003);
    expect(sink.lines.length).toBeLessThan(120_000);
    const errors = sink.lines.filter(([, line]) => line.includes('Error (')).map(([number]) => number);
    expect(errors).toEqual([60_002, 120_003]);
    expect(sink.lines.at(-1)).toEqual([240_003, filler.trimEnd()]);
    const before = sink.lines.findIndex(([number]) => number === 120_003);
    expect(sink.lines[before - 40]?.[0]).toBe(119_963);
  });

  test('gives up on a log that is nothing but errors, and says so', () => {
    const sink = collect(true);
    const log = createLogScan(sink);
    const chunk = Buffer.from(error.repeat(10_000));
    for (let count = 0; count < 20; count += 1) log.push(chunk);
    log.end();
    expect(log.isCut()).toBe(true);
    expect(log.lines()).toBe(200_000);
    expect(sink.lines.length).toBeLessThan(190_000);
  });
});
