import { describe, expect, it } from 'vitest';

import { renderTriageText } from '../../src/render/triage-text.js';
import { plain, triage } from './samples.js';

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

  it('adds the timeline when asked', () => {
    const page = renderTriageText(triage(), { ...plain, verbose: true });
    expect(page).toContain('Timeline\n     0.000 s  dump     dump begins\n');
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
