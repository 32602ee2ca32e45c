import { describe, expect, test } from 'vitest';

import { createLogReader } from '../../src/evidence/log-reader.js';
import { readLogText } from '../../src/evidence/logs.js';
import { diagnose, diagnoseText, watchedWords } from '../../src/findings/diagnose.js';
import type { Cause } from '../../src/rules/cause.js';

const cause = (id: string, lines: Partial<Cause['diagnose'][number]>[], more: Partial<Cause> = {}): Cause => ({
  id,
  area: 'files',
  file: `${id}.yaml`,
  title: `title of ${id}`,
  why: `Why ${id}.`,
  scope: 'instance',
  predict: [],
  diagnose: lines.map((entry) => ({ in: ['criu'], role: 'root', confidence: 0.9, line: '', ...entry })),
  fix: { default: 'the usual', lxd: 'as LXD does it' },
  blame: 'workload',
  refs: [],
  tests: [],
  ...more,
});

const ghost = cause('ghost', [
  {
    line: "Can't dump ghost file (?<path>.+) of (?<size>\\d+) size",
    message: '{path} has {bytes(number(size))}',
  },
]);
const later = cause('later', [{ line: 'Something that follows', confidence: 0.92 }]);
const vague = cause('vague', [{ line: 'Something vague', confidence: 0.5 }]);
const recent = cause('recent', [
  { line: 'plugin failed', when: "log.recent.exists(line, line.contains('/dev/nvidia'))" },
]);
const versioned = cause('versioned', [{ line: "Can't get 1:16 opt", when: "log.criu.before('4.2')" }]);
const ended = cause('ended', [{ line: '^\\(the log ends here\\)$', confidence: 0.7 }]);
const full = cause('full', [{ line: '^\\(the log ends here, at the end of a block\\)$', confidence: 0.7 }]);
const afterwards = cause('afterwards', [{ in: ['text'], line: '^Error: invalid argument$', when: 'log.succeeded' }]);
const missing = cause('missing', [{ line: '^No core-(?<pid>\\d+)\\.img image', when: '!log.succeeded' }]);
const rules = {
  causes: [ghost, later, vague, recent, versioned, ended, full, afterwards, missing],
  logRules: [
    {
      role: 'noise' as const,
      lines: [
        { in: ['criu' as const], line: 'RLIMIT_NOFILE' },
        { in: ['criu' as const], line: '^exited, status=' },
      ],
    },
    {
      role: 'consequence' as const,
      lines: [
        { in: ['criu' as const], line: 'FAILED\\.|^Dump files \\(pid: ' },
        { in: ['text' as const], line: 'snapshot dump failed' },
      ],
    },
  ],
};
const failed = '(00.256735) Error (criu/cr-dump.c:2111): Dumping FAILED.';
const ghostLine =
  "(00.191065) Error (criu/files-reg.c:1031): Can't dump ghost file /root/big of 314572800 size, increase limit";
const rlimit = "(00.002) Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted";
const header = '(00.000104) Version: 4.1.1 (gitid 0)\n(00.0002) Dumping processes (pid: 1 comm: init)';
const triage = (...lines: readonly string[]) => diagnoseText(rules, lines.join('\n'), 'criu', 'dump.log');
const names = (...lines: readonly string[]) => triage(...lines).diagnoses.map(({ cause: id }) => id);

describe('diagnose', () => {
  test('names the root cause, its task and the lines that prove it', () => {
    const task = '(00.1) Dumping task (pid: 4218 comm: mariadbd)';
    const files = '(00.191121) Error (criu/cr-dump.c:1681): Dump files (pid: 4218) failed with -1';
    const result = triage(header, rlimit, task, ghostLine, files, failed);
    expect(result).toMatchObject({
      result: 'diagnosed',
      phase: 'dump',
      signature: "ghost: Can't dump ghost file {} of {} size, increase limit",
      versions: { criu: '4.1.1' },
      unexplained: [],
    });
    expect(result.diagnoses).toEqual([
      {
        cause: 'ghost',
        confidence: 0.9,
        title: 'title of ghost',
        explanation: '/root/big has 300 MiB (process 4218, mariadbd). Why ghost.',
        fix: 'the usual',
        blame: 'workload',
        fixedIn: {},
        predicted: false,
        refs: [],
        evidence: [
          { file: 'dump.log', line: 5, text: ghostLine },
          { file: 'dump.log', line: 6, text: files },
          { file: 'dump.log', line: 7, text: failed },
        ],
      },
    ]);
  });

  test('believes the first error rather than a later one', () => {
    expect(names(ghostLine, '(00.2) Error (criu/x.c:1): Something that follows', failed)).toEqual(['ghost', 'later']);
  });

  test('believes a specific line rather than an earlier vague one', () => {
    expect(names('(00.1) Error (criu/x.c:1): Something vague', ghostLine, failed)).toEqual(['ghost', 'vague']);
  });

  test('lets a condition look at the lines before', () => {
    const plugin = '(00.2) Error (criu/proc_parse.c:110): handle_device_vma plugin failed';
    expect(names('(00.1) Handling VMA 00:06 9120774 /dev/nvidia1', plugin, failed)).toEqual(['recent']);
    expect(names('(00.1) Handling VMA 00:06 9120774 /dev/mem', plugin, failed)).toEqual([]);
  });

  test('is less sure when a condition cannot be decided', () => {
    const line = "(00.1) Error (criu/sockets.c:628): sockets: Can't get 1:16 opt: Operation not supported";
    expect(triage(header, line, failed).diagnoses[0]?.confidence).toBe(0.9);
    expect(triage(line, failed).diagnoses[0]?.confidence).toBe(0.77);
    expect(names(header.replace('4.1.1', '4.2'), line, failed)).toEqual([]);
  });

  test('says nothing about a run that went well, whatever it printed', () => {
    const result = triage(
      header,
      rlimit,
      ghostLine,
      '(00.3) No core-7.img image',
      '(00.4) Dumping finished successfully',
    );
    expect(result).toMatchObject({ result: 'no-failure', diagnoses: [], unexplained: [], signature: '' });
  });

  test.each([
    ['nothing but noise', [rlimit, '(00.1) Error (criu/util.c:1): exited, status=1']],
    ['what is no log at all', ['hello', '<html>404</html>', 'segfault core dumped']],
    ['nothing', ['']],
  ])('calls %s neither a failure nor a success', (_, lines) => {
    const result = triage(...lines);
    expect(result).toMatchObject({ result: 'unexplained', diagnoses: [], unexplained: [], signature: '' });
    expect(result.notes.join()).toContain('Give it what the failed command printed');
  });

  test('takes a log of errors and warnings alone for good when none says that it failed', () => {
    const terse = ['Error (criu/util.c:1): rlimit: RLIMIT_NOFILE', 'Error (criu/util.c:1): exited, status=1'];
    const result = triage(...terse);
    expect(result).toMatchObject({ result: 'no-failure', diagnoses: [], unexplained: [] });
    expect(result.notes.join()).toContain('not told at this verbosity');
    expect(triage(...terse, 'Error (criu/cr-dump.c:9): Dumping FAILED.').result).toBe('unexplained');
    expect(triage(...terse, 'Error (criu/x.c:9): mnt: never seen').result).toBe('unexplained');
  });

  test('calls a run good only when every log of CRIU says so', () => {
    const words = watchedWords(rules);
    const good = readLogText(`${header}\n(00.4) Dumping finished successfully`, { file: 'dump.log', words });
    const typed = readLogText('lxc stop c1 --stateful', { file: 'terminal.txt', words });
    const silent = readLogText(rlimit, { file: 'restore.log', words });
    expect(diagnose(rules, [good, typed])).toMatchObject({ result: 'no-failure', diagnoses: [] });
    expect(diagnose(rules, [good, typed]).notes.join()).toContain('An error of the engine');
    expect(diagnose(rules, [typed]).result).toBe('unexplained');
    expect(diagnose(rules, [good, silent]).result).toBe('unexplained');
  });

  test('shows the first lines that it cannot explain', () => {
    const odd = '(00.1) Error (criu/x.c:1): mnt: Never seen 0x7f before on /srv/x';
    expect(triage(rlimit, odd, failed)).toMatchObject({
      result: 'unexplained',
      signature: 'Never seen {} before on {}',
      unexplained: [{ file: 'dump.log', line: 2, text: odd }],
    });
  });

  test('shows at least that it failed', () => {
    expect(triage(rlimit, failed)).toMatchObject({ result: 'unexplained', unexplained: [{ line: 2 }] });
  });

  test('says where to look when all there is are consequences', () => {
    const advised = {
      causes: [],
      logRules: [
        {
          role: 'consequence' as const,
          lines: [
            { in: ['text' as const], line: 'forkmigrate', advice: 'Read lxc.log.' },
            { in: ['lxc' as const], line: '^dump failed', advice: 'Read the log of CRIU.' },
          ],
        },
      ],
    };
    const printed = 'Error: Failed to run: lxd forkmigrate c1: exit status 1';
    const liblxc = 'lxc 20261120145813.353 ERROR    criu - ../src/lxc/criu.c:do_dump:1297 - dump failed with 1';
    expect(diagnoseText(advised, printed, 'text').notes).toEqual(['Read lxc.log.']);
    expect(diagnoseText(advised, `${printed}\n${liblxc}`, 'text')).toMatchObject({
      result: 'unexplained',
      notes: ['Read the log of CRIU.'],
    });
  });

  test('takes the end of a log for a sign only when nothing before it is one', () => {
    expect(names(header, '(00.3) page-pipe: x')).toEqual(['ended']);
    expect(names(header, '(00.3) Error (criu/x.c:1): Never seen', '(00.4) page-pipe: x')).toEqual([]);
    expect(names(header, ghostLine, '(00.4) page-pipe: x')).toEqual(['ghost']);
  });

  test('finds the full disk behind a log that is cut off, whatever its last line was to say', () => {
    const cut = '(00.176752) Error (criu/page-xfer.c:263): page-xfer: Unable to sp';
    const before = `${header}\n(00.3) page-pipe: `;
    const filler = '0'.repeat(4096 - before.length - cut.length - 1);
    expect(names(`${before}${filler}`, cut)).toEqual(['full']);
  });

  test('does not take the place where reading stopped for the end of a log', () => {
    const cut = createLogReader({ file: 'dump.log.gz', words: watchedWords(rules) });
    for (const [index, line] of `${header}\n(00.3) page-pipe: x`.split('\n').entries()) cut.line(line, index + 1);
    const reading = cut.finish({ lines: 3, problem: 'unexpected end of file', isCutShort: true });
    const result = diagnose(rules, [reading]);
    expect(result).toMatchObject({ result: 'unexplained', diagnoses: [] });
    expect(result.notes[0]).toContain('Reading stopped before the end, so what is missing may tell');
  });

  test('judges what the engine printed together with the log beside it', () => {
    const words = watchedWords(rules);
    const output = readLogText('lxc start f1\nError: invalid argument', { file: 'output.txt', words });
    const restored = '(00.0001) Version: 4.1.1 (gitid 0)\n(00.4) Restore finished successfully. Tasks resumed.';
    const good = readLogText(restored, { file: 'restore.log', words });
    expect(diagnose(rules, [good, output]).diagnoses).toMatchObject([{ cause: 'afterwards', fix: 'as LXD does it' }]);
    expect(diagnose(rules, [output]).diagnoses).toEqual([]);
  });

  test('finds CRIU inside of what an engine prints', () => {
    const result = diagnoseText(rules, `lxc stop q1 --stateful\nError: snapshot dump failed\n${ghostLine}`, 'text');
    expect(result.diagnoses).toMatchObject([{ cause: 'ghost', fix: 'as LXD does it' }]);
  });

  test('tells from which version on a cause is gone', () => {
    const fixed = cause('fixed', ghost.diagnose, {
      fixedIn: { kernel: '6.1' },
      predict: [{ phase: 'dump', severity: 'blocker', when: 'true', message: 'x', affects: { criu: '>=3.17 <4.2' } }],
    });
    const result = diagnoseText({ causes: [fixed], logRules: [] }, ghostLine, 'criu');
    expect(result.diagnoses[0]).toMatchObject({ predicted: true, fixedIn: { criu: '4.2', kernel: '6.1' } });
  });

  test('tells the steps with their times', () => {
    expect(triage(header, '(00.5) net: Lock network', failed).timeline).toEqual([
      { timeS: 0.000104, phase: 'dump', text: 'start-up', durationS: 0.000096, file: 'dump.log', run: 1 },
      { timeS: 0.0002, phase: 'dump', text: 'preparation', durationS: 0.4998, file: 'dump.log', run: 1 },
      { timeS: 0.5, phase: 'dump', text: 'network lock', file: 'dump.log', run: 1 },
      { timeS: 0.256735, phase: 'dump', text: 'dump failed', file: 'dump.log', run: 1 },
    ]);
  });

  test('comes to an end with thousands of different errors', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, at) => `(00.1) Error (criu/f${String(at)}.c:1): odd ${String(at)}`,
    );
    expect(triage(...lines).result).toBe('unexplained');
  });
});

describe('logs of several runs', () => {
  const words = watchedWords(rules);
  const log = (file: string, ...lines: readonly string[]) => readLogText(lines.join('\n'), { file, words });
  const restoring = '(00.0001) Version: 4.1.1 (gitid 0)\n(00.0002) Reading image tree';
  const restoreFailed = '(00.3) Error (criu/cr-restore.c:2): Restoring FAILED.';
  const dump = log('d/snapshot_dump_2026-11-20T14:57:05Z.log', header, ghostLine, failed);
  const odd = '(00.2) Error (criu/x.c:1): Something vague';
  const restore = log('d/snapshot_restore_2026-11-20T14:57:45Z.log', restoring, odd, restoreFailed);

  test('the newest failure counts, whatever is known about older ones', () => {
    const result = diagnose(rules, [dump, restore]);
    expect(result).toMatchObject({ phase: 'restore', diagnoses: [{ cause: 'vague' }] });
    expect(result.notes).toEqual([`Older failures are told here too and were not judged: ${dump.file}.`]);
  });

  test('the zone of the time is minded', () => {
    const newest = log('d/snapshot_dump_2026-11-20T15:57:05+00:00.log', header, ghostLine, failed);
    const earlier = log('d/snapshot_restore_2026-11-20T16:57:00+02:00.log', restoring, odd, restoreFailed);
    expect(diagnose(rules, [earlier, newest])).toMatchObject({ phase: 'dump', diagnoses: [{ cause: 'ghost' }] });
  });

  test('a later run that went well is told', () => {
    const good = log('d/snapshot_dump_2026-11-20T14:58:00Z.log', header, '(00.4) Dumping finished successfully');
    expect(diagnose(rules, [dump, good])).toMatchObject({
      phase: 'dump',
      diagnoses: [{ cause: 'ghost' }],
      notes: [`A later run went well: ${good.file}.`],
    });
  });

  test('what liblxc refuses later makes an older log history', () => {
    const refused = cause('refused', [{ in: ['lxc'], line: 'not target$' }]);
    const liblxc = log(
      'd/lxc.log',
      'lxc c1-dump 20261120145752.803 ERROR    criu - ../src/lxc/criu.c:exec_criu:467 - console on source but not target',
      'lxc c1-dump 20261120145755.536 ERROR    criu - ../src/lxc/criu.c:__criu_restore:1403 - restore process died',
    );
    const result = diagnose({ ...rules, causes: [ghost, refused] }, [dump, liblxc]);
    expect(result).toMatchObject({ phase: 'restore', diagnoses: [{ cause: 'refused' }] });
    expect(result.diagnoses).toHaveLength(1);
  });

  test('hooks that wait for a busy daemon make no history of why a restore failed', () => {
    const refused = cause('refused', [{ in: ['lxc'], line: 'not target$' }]);
    const target = log(
      'd/lxc.log',
      'lxc m2 20261120202323.857 ERROR    criu - ../src/lxc/criu.c:exec_criu:467 - lxc.console.path configured on source host but not target',
      'lxc m2 20261120202353.910 ERROR    start - ../src/lxc/start.c:lxc_end:945 - Failed to run "lxc.hook.stop" hook',
      'lxc m2 20261120202525.178 ERROR    criu - ../src/lxc/criu.c:__criu_restore:1403 - restore process died',
    );
    expect(diagnose({ ...rules, causes: [refused] }, [target]).diagnoses).toMatchObject([{ cause: 'refused' }]);
  });

  test('both sides of a migration are one failure', () => {
    const source = log('a/migration_dump_2026-11-20T14:57:50Z.log', header, failed);
    const target = log('b/migration_restore_2026-11-20T14:57:45Z.log', restoring, odd, restoreFailed);
    expect(diagnose(rules, [source, target]).diagnoses).toMatchObject([{ cause: 'vague' }]);
  });

  test('files whose names hold no time are told apart by when they were written', () => {
    const text = `${header}\n${ghostLine}\n${failed}`;
    const old = readLogText(text, { file: 'old/dump.log', words, modifiedMs: 0 });
    const now = readLogText(`${restoring}\n${odd}\n${restoreFailed}`, {
      file: 'restore.log',
      words,
      modifiedMs: 3_600_000,
    });
    expect(diagnose(rules, [old, now]).diagnoses).toMatchObject([{ cause: 'vague' }]);
  });

  test('the time of a copy makes nothing old that tells its own', () => {
    const liblxc = 'lxc c1 20261120145755.536 ERROR    criu - ../src/lxc/criu.c:__criu_restore:1403 - not target';
    const refused = cause('refused', [{ in: ['lxc'], line: 'not target$' }]);
    const copiedMs = Date.UTC(2026, 11, 1);
    const dumped = readLogText(`${header}\n${failed}`, { file: 'dump.log', words, modifiedMs: copiedMs });
    const judge = (modifiedMs: number) =>
      diagnose({ ...rules, causes: [refused] }, [
        dumped,
        readLogText(liblxc, { file: 'lxc.log', words: ['not target'], modifiedMs }),
      ]).diagnoses.map(({ cause: id }) => id);
    expect(judge(copiedMs)).toEqual(['refused']);
    expect(judge(Date.UTC(2026, 10, 20, 14, 57, 56))).toEqual([]);
  });

  test('versions that were written down count where no log tells them', () => {
    const stated = { file: 'versions.json', kind: 'text', runs: [], events: [], lines: 0, isCutShort: false } as const;
    const opt = log('criu.log', "(00.1) Error (criu/sockets.c:1): Can't get 1:16 opt", failed);
    const of = (criu: string) => diagnose(rules, [opt, { ...stated, stated: { criu, engine: 'lxd 5.0.2' } }]);
    expect(of('4.1.1').diagnoses).toMatchObject([{ cause: 'versioned', confidence: 0.9 }]);
    expect(of('4.1.1').versions).toEqual({ criu: '4.1.1', engine: 'lxd 5.0.2' });
    expect(of('4.2').diagnoses).toEqual([]);
  });
});
