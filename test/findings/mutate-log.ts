/** Damages logs at random, the same way for the same seed: what a fuzz run feeds to triage. */

/** A source of numbers from 0 up to, not including, a limit. */
export type Dice = (limit: number) => number;

/** Numbers that follow from a seed (mulberry32, public domain). */
export const rollDice = (seed: number): Dice => {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
};

const newline = 0x0a;

/** What is put in: ends of lines, control characters, broken UTF-8, and what makes careless patterns slow. */
const junk: readonly Buffer[] = [
  Buffer.from([0]),
  Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x9f]),
  Buffer.from('\u001B[31m\u001B]0;title\u0007\u009B2J'),
  Buffer.from('\r\n\r'),
  Buffer.from('\u202E\u2066'),
  Buffer.from('a'.repeat(70_000)),
  Buffer.from('((((((((((\\n(\\n(\\n('.repeat(300)),
  Buffer.from('Error (criu/a.c:1): '.repeat(400)),
  Buffer.from('{"log":"' + '\\"'.repeat(2000)),
  Buffer.from('&lt;&quot;&amp;'.repeat(500)),
  Buffer.from('time="x" level=error msg="' + '\\\\"'.repeat(1500)),
  Buffer.from('/ '.repeat(3000)),
  Buffer.from("(00.1) Error (criu/x.c:1): Can't open file " + ': '.repeat(2000)),
  Buffer.from('\n'.repeat(500)),
];

const pick = <Item>(items: readonly Item[], dice: Dice): Item => {
  const item = items[dice(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
};

const linesOf = (log: Buffer): Buffer[] => {
  const lines: Buffer[] = [];
  for (let from = 0; from < log.length;) {
    const end = log.indexOf(newline, from);
    const behind = end < 0 ? log.length : end + 1;
    lines.push(log.subarray(from, behind));
    from = behind;
  }
  return lines;
};

const inLines =
  (change: (lines: Buffer[], dice: Dice) => readonly Buffer[]) =>
  (log: Buffer, dice: Dice): Buffer =>
    Buffer.concat(change(linesOf(log), dice));

const damages: readonly ((log: Buffer, dice: Dice) => Buffer)[] = [
  (log, dice) => {
    const changed = Buffer.from(log);
    for (let left = 1 + dice(40); left > 0; left -= 1) changed[dice(log.length)] = dice(256);
    return changed;
  },
  (log, dice) => log.subarray(0, dice(log.length)),
  (log, dice) => log.subarray(dice(log.length)),
  (log, dice) => {
    const at = dice(log.length);
    return Buffer.concat([log.subarray(0, at), pick(junk, dice), log.subarray(at)]);
  },
  inLines((lines, dice) => lines.filter(() => dice(3) > 0)),
  inLines((lines, dice) => lines.flatMap((line) => (dice(4) === 0 ? [line, line] : [line]))),
  inLines((lines, dice) =>
    lines
      .map((line) => ({ line, at: dice(1000) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ line }) => line),
  ),
  inLines((lines, dice) => lines.map((line) => (dice(6) === 0 ? line.subarray(0, dice(line.length)) : line))),
  inLines((lines, dice) => lines.map((line) => (dice(8) === 0 ? Buffer.concat([pick(junk, dice), line]) : line))),
];

/** A log with one to four damages. */
export const mutateLog = (log: Buffer, dice: Dice): Buffer => {
  let damaged = log;
  for (let left = 1 + dice(4); left > 0 && damaged.length > 0; left -= 1) damaged = pick(damages, dice)(damaged, dice);
  return damaged;
};
