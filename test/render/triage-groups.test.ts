import { describe, expect, it } from 'vitest';

import { renderGroupsMarkdown } from '../../src/render/triage-groups-markdown.js';
import { renderGroupsText } from '../../src/render/triage-groups-text.js';
import { groups, plain } from './samples.js';

describe('renderGroupsText', () => {
  it('puts failures of a kind together, and says what could not be read', () => {
    expect(renderGroupsText(groups, plain)).toBe(`2 failures of 1 kind, 1 without failure, 1 not read

2 x A deleted file that is still open is larger than the limit [ghost-file-too-big, 97 % sure]
  - a.tar.gz: dump, criu 4.2.1, kernel 6.18.44, stopped in: open files
  - c: dump, criu 4.2.1, kernel 6.18.44
  dump.log:207: (00.012) Error (criu/files-reg.c:1118): Can't dump ghost file
  fix: Raise the limit:
         echo "ghost-limit 128M" >> /etc/criu/default.conf
  lies with: workload; fixed in criu 3.16
  signature: files: Can't dump ghost file N of N size

1 x No failure: CRIU succeeded
  - b: dump, criu 4.2.1, kernel 6.18.44

NOT READ
  d: no such file or directory
`);
  });

  it('adds each triage as a whole when asked', () => {
    const page = renderGroupsText(groups, { ...plain, verbose: true });
    expect(page).toContain('\n\n== a.tar.gz\nDIAGNOSED  The dump failed');
    expect(page).toContain('\n\n== b\nNO-FAILURE');
  });
});

describe('renderGroupsMarkdown', () => {
  it('begins with the kinds in a table', () => {
    expect(renderGroupsMarkdown(groups))
      .toContain(`# crdoctor triage: 2 failures of 1 kind, 1 without failure, 1 not read

|  | inputs | cause |
| --- | --- | --- |
| 1 | 2 | \`ghost-file-too-big\` |
| 2 | 1 | no-failure |

## 1. A deleted file`);
  });
});
