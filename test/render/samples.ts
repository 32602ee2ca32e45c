/** Results as the judging half makes them, for the tests of all formats. */

import { groupTriages, type TriageGroups } from '../../src/findings/group.js';
import type { Assessment, Comparison, Finding, Triage } from '../../src/findings/finding.js';

/**
 * Everything that a hostile name could try: cursor movement, a window title, C1 control, line breaks,
 * reordering, invisible text, markup of every format, mentions, a lone surrogate.
 */
export const nasty =
  'x\u001b[2J\u001b]0;owned\u0007\u009b31m\r\n\n# h\tb\u202etxt.exe\u2066\u200b\ufeff<script>alert(1)</script>' +
  '`code` | cell | [a](javascript:b) ![i](http://evil/i.png) **b** _i_ @everyone &amp; ]]> "q" \\ \ud800 \uffff \u2028end\u0000';

/** No character of a finished page may be one of these, line breaks of our own apart. */
export const treacherous = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    cause: 'console-not-restorable',
    outcome: 'fires',
    severity: 'blocker',
    phase: 'restore',
    title: 'The console of the container cannot be restored',
    message: 'lxc.pty.max is 1024 and no console path is set',
    why: 'liblxc hands the console to CRIU as an external terminal that nothing recreates.',
    occurrences: [{ side: 'instance', message: 'lxc.pty.max is 1024 and no console path is set' }],
    fix: "Give the container one pty and restart it:\n\n    lxc config set c1 raw.lxc 'lxc.pty.max = 1'\n    lxc restart c1",
    refs: ['https://github.com/canonical/lxd/issues/1'],
    evidence: ['instance.lxc.conf', 'engine.instance'],
    missing: [],
    ...overrides,
  };
}

export function assessment(findings: readonly Finding[], overrides: Partial<Assessment> = {}): Assessment {
  return {
    verdict: 'blocked',
    subject: {
      engine: 'lxd',
      instance: 'c1',
      operation: 'stop',
      source: { where: 'local', hostname: 'a', kernel: '6.18.44', criu: '4.2.1', engineVersion: '5.0.2' },
    },
    findings,
    notes: [{ topic: 'room for the images', text: '24 MiB of memory to write, 9 GiB free' }],
    ...overrides,
  };
}

export const noContext = { reasons: new Map<string, string>(), strict: false };

export const plain = { hasColor: false, columns: 100, explain: false, verbose: false };

export function triage(overrides: Partial<Triage> = {}): Triage {
  return {
    result: 'diagnosed',
    phase: 'dump',
    signature: "files: Can't dump ghost file N of N size",
    versions: { criu: '4.2.1', kernel: '6.18.44' },
    diagnoses: [
      {
        cause: 'ghost-file-too-big',
        confidence: 0.97,
        title: 'A deleted file that is still open is larger than the limit',
        explanation: '/tmp/big has 67108864 bytes',
        fix: 'Raise the limit:\n\n    echo "ghost-limit 128M" >> /etc/criu/default.conf',
        blame: 'workload',
        fixedIn: { criu: '3.16' },
        predicted: true,
        refs: ['https://criu.org/CLI/opt/--ghost-limit'],
        evidence: [
          { file: 'dump.log', line: 207, text: "(00.012) Error (criu/files-reg.c:1118): Can't dump ghost file" },
        ],
      },
    ],
    timeline: [
      { timeS: 0, phase: 'dump', text: 'dump begins' },
      { phase: 'dump', text: 'dump fails' },
    ],
    unexplained: [],
    notes: [],
    ...overrides,
  };
}

/** A dump that stopped while it looked at open files. */
export function story(): Partial<Triage> {
  const place = { phase: 'dump', file: 'dump.log', run: 1 } as const;
  return {
    timeline: [
      { ...place, timeS: 0.001, text: 'freeze', durationS: 0.1 },
      { ...place, timeS: 0.101, text: 'seizing tasks', durationS: 0.012 },
      { ...place, timeS: 0.189, text: 'open files', durationS: 0.01, rounds: 3, isWhereItStopped: true },
      { ...place, timeS: 0.2, text: 'dump failed' },
    ],
    runs: [
      {
        ...place,
        outcome: 'failed',
        criu: '4.2.1',
        kernel: '6.18.44',
        endS: 0.2,
        stoppedIn: 'open files',
        stoppedAtS: 0.19,
        frozenS: 0.09,
        frozenUntil: 'running',
      },
    ],
  };
}

export const comparison: Comparison = {
  phase: 'dump',
  bad: { file: 'dump.log', criu: '4.1.1', kernel: '6.18.44', endS: 0.2, frozenS: 0.1 },
  good: { file: 'good.log', criu: '4.2.1', kernel: '6.18.44', endS: 0.17 },
  stoppedIn: 'open files',
  notReached: ['memory', 'mounts'],
  firstDifference: { file: 'dump.log', line: 80, text: 'sockets: Searching for socket 7' },
  onlyBad: [{ file: 'dump.log', line: 207, text: 'Error (a.c:1): odd', count: 2 }],
  onlyGood: [],
  counts: [{ what: 'tasks', bad: 5, good: 3 }],
  durations: [{ step: 'freeze', badS: 2.1, goodS: 0.1 }],
  isPartial: false,
};

/** A check in which every untrusted part is hostile. */
export const nastyAssessment: Assessment = assessment(
  [
    finding({
      message: nasty,
      title: nasty,
      why: nasty,
      fix: nasty,
      refs: [nasty],
      evidence: [nasty],
      occurrences: [{ side: 'instance', pid: 1, fd: 2, path: nasty, message: nasty }],
    }),
    finding({ outcome: 'unknown', cause: 'other', message: nasty, occurrences: [], missing: [nasty] }),
    finding({ severity: 'risk', cause: 'third', title: nasty, fix: nasty }),
  ],
  {
    subject: {
      engine: 'lxd',
      instance: nasty,
      operation: 'stop',
      source: { where: nasty, hostname: nasty, kernel: nasty, criu: nasty, engineVersion: nasty },
    },
    notes: [{ topic: nasty, text: nasty }],
  },
);

/** A triage in which every untrusted part is hostile. */
export const nastyTriage: Triage = triage({
  result: 'unexplained',
  signature: nasty,
  versions: { criu: nasty, kernel: nasty, engine: nasty },
  diagnoses: triage().diagnoses.map((diagnosis) => ({
    ...diagnosis,
    title: nasty,
    explanation: nasty,
    fix: nasty,
    refs: [nasty],
    fixedIn: { criu: nasty },
    evidence: [{ file: nasty, line: 1, text: nasty }],
  })),
  timeline: [{ timeS: 1, phase: 'dump', text: nasty, file: nasty, run: 1 }],
  runs: [{ file: nasty, run: 1, phase: 'dump', outcome: 'failed', criu: nasty, stoppedIn: nasty }],
  statistics: [{ file: nasty, dump: { pagesWritten: 1 } }],
  command: nasty,
  engine: nasty,
  comparison: {
    ...comparison,
    bad: { file: nasty, criu: nasty },
    good: { file: nasty },
    notReached: [nasty],
    firstDifference: { file: nasty, line: 1, text: nasty },
    lastDifference: { file: nasty, line: 2, text: nasty },
    onlyBad: [{ file: nasty, line: 1, text: nasty, count: 2 }],
    onlyGood: [{ file: nasty, line: 1, text: nasty, count: 1 }],
  },
  unexplained: [{ file: nasty, line: 3, text: nasty }],
  notes: [nasty],
});

/** Several failures: two of a kind, one good run, one that cannot be read. */
export const groups: TriageGroups = groupTriages(
  [
    { input: 'a.tar.gz', triage: triage(story()) },
    { input: 'b', triage: triage({ result: 'no-failure', signature: '', diagnoses: [] }) },
    { input: 'c', triage: triage() },
  ],
  [{ input: 'd', problem: 'd: no such file or directory' }],
);

/** Several failures in which every untrusted part is hostile. */
export const nastyGroups: TriageGroups = groupTriages(
  [{ input: nasty, triage: nastyTriage }],
  [{ input: nasty, problem: nasty }],
);
