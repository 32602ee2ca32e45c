import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';

import { renderMimeMessage, type MimePart } from '../../../src/render/filing/mime-message.js';
import { nasty } from '../samples.js';

const text = (body: string, name = 'a.txt'): MimePart => ({
  headers: [
    ['Content-Disposition', `attachment; filename="${name}"`],
    ['Content-Type', 'text/plain; charset="utf-8"'],
  ],
  body: { base64: Buffer.from(body) },
});

describe('a MIME message', () => {
  it('is read back as it was meant', async () => {
    const message = renderMimeMessage([['Subject', 'it fails']], [text('ünï\n'.repeat(500)), text('', 'empty.txt')]);
    const { subject, attachments } = await PostalMime.parse(message, { attachmentEncoding: 'utf8' });
    expect(subject).toBe('it fails');
    expect(attachments.map(({ filename, content }) => [filename, content])).toEqual([
      ['a.txt', 'ünï\n'.repeat(500)],
      ['empty.txt', ''],
    ]);
  });

  it('has LF alone, ASCII alone, and begins with its headers and the first part', () => {
    const message = renderMimeMessage([['Subject', 'x']], [text('\r\nü\0')]).toString('latin1');
    expect(message).toMatch(/^[\n -~]+$/);
    expect(message).toMatch(
      /^Subject: x\nMIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="([\w-]+)"\n\n--\1\n/,
    );
  });

  it('lets no value of a header begin another one', () => {
    const message = renderMimeMessage(
      [
        ['Subject', 'x\nSubscribers: evil\r\n\r\nbody'],
        ['Tags', nasty],
      ],
      [],
    ).toString();
    const [head = ''] = message.split('\n\n');
    expect(head.match(/^[\w-]+(?=:)/gm)).toEqual(['Subject', 'Tags', 'MIME-Version', 'Content-Type']);
  });

  it('has a boundary that stands in none of its parts', () => {
    const first = renderMimeMessage([], [{ headers: [], body: { ascii: Buffer.from('x') } }]).toString();
    const boundary = /boundary="([\w-]+)"/.exec(first)?.[1] ?? '';
    const second = renderMimeMessage([], [{ headers: [], body: { ascii: Buffer.from(`--${boundary}--`) } }]).toString();
    expect(second).not.toContain(`boundary="${boundary}"`);
  });
});
