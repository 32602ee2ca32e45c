import { describe, expect, test } from 'vitest';

import { endOfBlock, endOfLog } from '../../src/evidence/log-reading.js';
import { signatureOf } from '../../src/findings/signature.js';

describe('signatureOf', () => {
  test.each([
    ['inet: Unsupported proto 262 for socket 1e9cd4', 'Unsupported proto {} for socket {}'],
    ['Unsupported proto 58 for socket 7d31', 'Unsupported proto {} for socket {}'],
    ['Unsupported proto 58 for socket 7d3', 'Unsupported proto {} for socket {}'],
    ["Can't lookup mount=53 for fd=9 path=/srv/data/f", "Can't lookup mount={} for fd={} path={}"],
    ["Can't lookup mount=53 for fd=9 path=/", "Can't lookup mount={} for fd={} path={}"],
    ['mnt: Mount 731 ./home/kim (master_id: 187 shared_id: 0)', 'Mount {} {} (master_id: {} shared_id: {})'],
    ['File usr/local/bin/counter has bad size 146 (expect 139)', 'File {} has bad size {} (expect {})'],
    ['Error: "web-1" is not running, cannot checkpoint', 'Error: "{}" is not running, cannot checkpoint'],
    ['Unable to create a ipv6 dgram socket', 'Unable to create a ipv6 dgram socket'],
  ])('%s -> %s', (message, signature) => {
    expect(signatureOf({ message })).toBe(signature);
  });

  test.each([
    ['of the subsystem, which moved', "fsnotify: \tCan't dump that handle", "Can't dump that handle"],
    ['of the subsystem, which was renamed', 'sk unix: Half of 17 is missing', 'unix: Half of 18 is missing'],
    ['of the source file, which moved', 'BUG at mem.c:512', 'BUG at criu/mem.c:612'],
    [
      'of the name of the process, which was added',
      'zombie 4 (comm vlc) found while seizing',
      'zombie 17 found while seizing',
    ],
    [
      'of advice, which comes and goes',
      'Some file locks are hold by dumping tasks! You can try --file-locks to dump them.',
      'Some file locks are hold by dumping tasks!You can try --file-locks to dump them.',
    ],
    [
      'of details, which were added',
      "Can't dump half of stream unix connection.",
      "unix: Can't dump half of stream unix connection. name: /run/x; peer name: (null)",
    ],
    ['of where the log was cut off', endOfLog, endOfBlock],
  ])('is the same in spite %s', (_, older, newer) => {
    const [first, second] = [older, newer].map((message) => signatureOf({ message, isFromCriu: true }));
    expect(first).toBe(second);
  });

  test('takes out what a rule captured as a name, and keeps what is a kind', () => {
    const message = "Can't add interface tunl0x to bridge lab (kind ipip)";
    expect(signatureOf({ message, captures: { link: 'tunl0x', bridge: 'lab', kind: 'ipip' } })).toBe(
      "Can't add interface {} to bridge {} (kind ipip)",
    );
  });

  test('tells causes of one message apart', () => {
    const message = "doesn't have a proper root mount";
    expect(signatureOf({ message, cause: 'tty-external-console' })).not.toBe(
      signatureOf({ message, cause: 'container-dumped-with-plain-criu' }),
    );
  });
});
