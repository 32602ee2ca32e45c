import { describe, expect, it } from 'vitest';

import { renderTriageMarkdown } from '../../src/render/triage-markdown.js';
import { comparison, story, triage } from './samples.js';

describe('renderTriageMarkdown', () => {
  it('gives facts first, then what is made of them', () => {
    const page = renderTriageMarkdown(
      triage({ ...story(), command: 'lxc stop c1 --stateful', engine: 'lxd', notes: ['Read lxc.log.'] }),
    );
    expect(page).toBe(`# Checkpoint/restore failure

## Facts

| operation | CRIU | kernel | engine |
| --- | --- | --- | --- |
| dump | \`4.2.1\` | \`6.18.44\` | \`lxd\` |

\`\`\`text
lxc stop c1 --stateful
\`\`\`

\`\`\`text
dump.log:207: (00.012) Error (criu/files-reg.c:1118): Can't dump ghost file
\`\`\`

\`\`\`text
dump: freeze 0.10 s, seizing tasks 0.01 s; stopped in: open files at 0.19 s; tasks frozen for 0.09 s, then they ran on
   0.001 s   0.10 s  freeze
   0.101 s   0.01 s  seizing tasks
   0.189 s   0.01 s  open files  <- stopped here
   0.200 s           dump failed
\`\`\`

## What crdoctor makes of it

The dump failed, and the cause was found.

### A deleted file that is still open is larger than the limit

\`ghost-file-too-big\`, 97 % sure, lies with: workload; fixed in criu 3.16

/tmp/big has 67108864 bytes

**Fix:** Raise the limit:

\`\`\`text
echo "ghost-limit 128M" >> /etc/criu/default.conf
\`\`\`

- <https://criu.org/CLI/opt/--ghost-limit>

Signature, to search for the same failure: \`files: Can't dump ghost file N of N size\`

## What to know and to collect next

- Read lxc.log.
`);
  });

  it('keeps lines of a log inside their block', () => {
    const text = '``` ```` \n```\n# owned';
    const unexplained = [{ file: 'a.log', line: 1, text }];
    const page = renderTriageMarkdown(triage({ result: 'unexplained', diagnoses: [], unexplained }));
    expect(page).toContain(String.raw`

${'`````'}text
a.log:1: ${'``` ```` '}\n${'```'}\n# owned
${'`````'}
`);
  });

  it('counts what differs from a run that worked among the facts', () => {
    const page = renderTriageMarkdown(triage({ comparison }));
    expect(page.indexOf('Compared with a dump that worked (good.log, 0.17 s)')).toBeLessThan(
      page.indexOf('## What crdoctor makes of it'),
    );
  });
});
