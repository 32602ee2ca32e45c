/**
 * Writes MIME messages the way Launchpad reads them, which is stricter than MIME (`FileBugDataParser` in
 * `lp/bugs/utilities/filebugdataparser.py`): one kind of line end, nothing before the first boundary, base64 or
 * no encoding at all. Libraries write CRLF, encode as they see fit, and add headers of mail.
 */

import { createHash } from 'node:crypto';

export interface MimePart {
  readonly headers: readonly MimeHeader[];
  /** Encoded as base64, or put in as it is, which must be ASCII then. */
  readonly body: { readonly base64: Buffer } | { readonly ascii: Buffer };
}

export type MimeHeader = readonly [name: string, value: string];

const base64Columns = 76;

/** A multipart message without headers of its own; `boundary` belongs into those. */
export interface MimeBody {
  readonly boundary: string;
  readonly content: Buffer;
}

/** The same parts give the same bytes. */
export function renderMimeBody(parts: readonly MimePart[]): MimeBody {
  const rendered = parts.map(renderPart);
  const boundary = chooseBoundary(rendered);
  const open = Buffer.from(`--${boundary}\n`);
  const content = Buffer.concat([...rendered.flatMap((part) => [open, part]), Buffer.from(`--${boundary}--\n`)]);
  return { boundary, content };
}

/** Headers, an empty line, and the body. */
export function renderMimeMessage(headers: readonly MimeHeader[], parts: readonly MimePart[]): Buffer {
  const { boundary, content } = renderMimeBody(parts);
  const own: readonly MimeHeader[] = [
    ['MIME-Version', '1.0'],
    ['Content-Type', `multipart/mixed; boundary="${boundary}"`],
  ];
  return Buffer.concat([Buffer.from(renderHeaders([...headers, ...own])), content]);
}

function renderPart({ headers, body }: MimePart): Buffer {
  if ('ascii' in body) {
    // A line break before a boundary belongs to the boundary.
    return Buffer.concat([Buffer.from(renderHeaders(headers)), body.ascii, Buffer.from('\n')]);
  }
  const encoded = renderHeaders([...headers, ['Content-Transfer-Encoding', 'base64']]);
  const lines = body.base64.toString('base64').match(new RegExp(`.{1,${base64Columns}}`, 'g')) ?? [];
  return Buffer.from(`${encoded}${lines.join('\n')}\n`);
}

/** Line breaks would begin headers of their own; what is not ASCII is not taken at all. */
function renderHeaders(headers: readonly MimeHeader[]): string {
  const lines = headers.map(([name, value]) => `${name}: ${value.replaceAll(/[^\u0020-\u007e]+/g, '?').trim()}\n`);
  return `${lines.join('')}\n`;
}

/** No line of any part begins with it. Made from the content, so that nobody who wrote that could know it. */
function chooseBoundary(parts: readonly Buffer[]): string {
  for (let attempt = 0; ; attempt += 1) {
    const hash = createHash('sha256').update(String(attempt));
    for (const part of parts) hash.update(part);
    const boundary = `crdoctor-${hash.digest('hex').slice(0, 32)}`;
    if (!parts.some((part) => part.includes(boundary))) return boundary;
  }
}
