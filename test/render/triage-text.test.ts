import { describe, expect, it } from 'vitest';

import { renderTriageText } from '../../src/render/triage-text.js';
import { comparison, plain, story, triage } from './samples.js';

describe('renderTriageText', () => {
  it('says what it was, where that stands and what to do', () => {
    expect(renderTriageText(triage(), plain)).toBe(`DIAGNOSED  The dump failed, and the cause was found.
criu 4.2.1, kernel 6.18.44

A deleted file that is still open is larger than the limit [ghost-file-too-big, 97 % sure]
  /tmp/big has 67108864 bytes
  dump.log:207: (00.012) Error (criu/files-reg.c:1118): Can't dump ghost file
  fix: Raise the limit:
         echo "ghost-limit 128M" >> /etc/criu/default.conf
  lies with: workload; fixed in criu 3.16
  crdoctor check sees this before the freeze

signature: files: Can't dump ghost file N of N size
`);
  });

  it('shows the lines that nothing explains', () => {
    const unexplained = Array.from({ length: 12 }, (_, index) => ({
      file: 'r.log',
      line: index + 1,
      text: 'Error: odd',
    }));
    const page = renderTriageText(
      triage({ result: 'unexplained', diagnoses: [], unexplained, phase: 'restore' }),
      plain,
    );
    expect(page).toContain('UNEXPLAINED  The restore failed for a reason that no known cause explains.');
    expect(page).toContain('  r.log:10: Error: odd\n  and 2 more (--verbose shows them)');
  });

  it('says little about a good run', () => {
    const good = triage({ result: 'no-failure', diagnoses: [], signature: '', timeline: [], versions: {} });
    expect(renderTriageText(good, plain)).toBe('NO-FAILURE  The log shows no failure: CRIU succeeded.\n');
  });

  it('adds the notes', () => {
    const page = renderTriageText(triage({ notes: ['Read lxc.log.', 'And the other one.'] }), plain);
    expect(page).toContain('\n\nRead lxc.log.\nAnd the other one.\n\nsignature:');
  });

  it('tells each run in a line, with its steps when asked', () => {
    const told = triage(story());
    const line =
      'dump: freeze 0.10 s, seizing tasks 0.01 s; stopped in: open files at 0.19 s; tasks frozen for 0.09\n' +
      '  s, then they ran on';
    expect(renderTriageText(told, plain)).toContain(`\n\n${line}\n\nsignature`);
    expect(renderTriageText(told, { ...plain, verbose: true })).toContain(`${line}
          at       took
     0.001 s     0.10 s  freeze
     0.101 s     0.01 s  seizing tasks
     0.189 s     0.01 s  open files, 3 times  <- stopped here
     0.200 s             dump failed
`);
  });

  it('says when no line tells that tasks were let go', () => {
    const runs = [{ file: 'dump.log', run: 1, phase: 'dump', outcome: 'not-told', frozenUntil: 'not-told' }] as const;
    expect(renderTriageText(triage({ runs }), plain)).toContain(
      'dump: its last line tells no end; tasks were frozen, and no line says that they were let go',
    );
  });

  it('tells what CRIU counted', () => {
    const dump = { frozenTimeUs: 120_000, freezingTimeUs: 101_000, pagesWritten: 8704, pagesScanned: 9000 };
    expect(renderTriageText(triage({ statistics: [{ file: 'stats-dump', dump }] }), plain)).toContain(
      'stats-dump: frozen 0.12 s after freezing for 0.10 s, 8704 pages (34 MiB) written, 9000 scanned',
    );
  });

  it('compares the version with the fix with the one that runs', () => {
    const fixes = [{ program: 'criu', fixedIn: '4.2', running: '4.1.1', isInRunning: false }];
    const diagnoses = triage().diagnoses.map((diagnosis) => ({ ...diagnosis, fixes }));
    expect(renderTriageText(triage({ diagnoses }), plain)).toContain(
      'lies with: workload; fixed in criu 4.2 (this is 4.1.1, which is older)',
    );
  });

  it('sets a failure beside a run that worked', () => {
    expect(renderTriageText(triage({ comparison }), plain)).toContain(`
Compared with a dump that worked (good.log, 0.17 s)
  criu: 4.1.1 here, 4.2.1 in the good run
  steps: stopped in open files; not reached: memory, mounts
  first line of a kind that the good run lacks:
    dump.log:80: sockets: Searching for socket 7
  errors and warnings only here:
    207: Error (a.c:1): odd (2 times)
  tasks: 5 here until it stopped, 3 in the good run
  time of freeze: 2.10 s here, 0.10 s in the good run
`);
  });

  it('keeps other possibilities short', () => {
    const [best] = triage().diagnoses;
    const other = {
      ...best!,
      cause: 'second',
      title: 'Something else',
      explanation: 'first line\nsecond line',
      confidence: 0.4,
    };
    const page = renderTriageText(triage({ diagnoses: [best!, other] }), plain);
    expect(page).toContain('also possible: Something else [second, 40 % sure]\n  first line\n');
    expect(page).not.toContain('second line');
  });
});
