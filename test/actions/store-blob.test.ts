import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { afterEach, describe, expect, it } from 'vitest';

import { proxyFor, storeBlob } from '../../src/actions/store-blob.js';
import { renderBlobForm } from '../../src/render/filing/launchpad-blob.js';
import { answers, hangs, openStoreForm, takes, type StoreAnswer, type StoreForm } from './store-form.js';

const open: Pick<StoreForm, 'close'>[] = [];
afterEach(async () => {
  for (const form of open.splice(0)) await form.close();
});

const blob = Buffer.from('Subject: x\n\n--b\n\nhello\n--b--\n');

interface Stored {
  readonly form: StoreForm;
  readonly result: Promise<string>;
  readonly retries: readonly string[];
}

async function store(
  script: readonly StoreAnswer[],
  { proxy, signal = new AbortController().signal }: { proxy?: URL; signal?: AbortSignal } = {},
): Promise<Stored> {
  const form = await openStoreForm(...script);
  open.push(form);
  const retries: string[] = [];
  const result = storeBlob({
    launchpad: form.url,
    form: renderBlobForm(blob),
    proxy,
    signal,
    onRetry: (reason) => retries.push(reason),
    timing: { timeoutMs: 300, pausesMs: [1, 1] },
  });
  result.catch(() => {});
  return { form, result, retries };
}

describe('storeBlob', () => {
  it('sends what the form of Launchpad takes, with LF alone', async () => {
    const { form, result } = await store([takes('c0ffee-1')]);
    expect(await result).toBe('c0ffee-1');
    const [request] = form.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/+storeblob' });
    const [, boundary] = /^multipart\/form-data; boundary=([\w-]+)$/.exec(request?.headers['content-type'] ?? '') ?? [];
    expect(request?.body.toString()).toBe(
      [
        `--${boundary}`,
        'Content-Disposition: form-data; name="FORM_SUBMIT"',
        '',
        '1',
        `--${boundary}`,
        'Content-Disposition: form-data; name="field.blob"; filename="x"',
        'Content-Type: application/octet-stream',
        '',
        blob.toString(),
        `--${boundary}--`,
        '',
      ].join('\n'),
    );
  });

  it('tries again when the server fails, and when nothing comes', async () => {
    const { form, result, retries } = await store([answers(503), hangs, takes('t')]);
    expect(await result).toBe('t');
    expect(retries).toEqual(['it answered with status 503', 'no answer within 0.3 s']);
    expect(form.requests).toHaveLength(3);
  });

  it('gives up in the end', async () => {
    const { form, result } = await store([answers(502)]);
    await expect(result).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /^127\.0\.0\.1:\d+ did not take the report: it answered with status 502$/,
      ) as string,
      exitStatus: 1,
    });
    expect(form.requests).toHaveLength(3);
  });

  it.each([
    ['a refusal', answers(413), /status 413$/],
    ['an answer without a token', answers(200), /holds no token/],
    ['a token that is more than that', takes('../../evil?x='), /holds no token/],
    ['another address', answers(302, { location: 'http://evil.example/' }), /sends us on to http:\/\/evil\.example\/$/],
  ])('does not try again after %s', async (_, answer, message) => {
    const { form, result } = await store([answer]);
    await expect(result).rejects.toThrow(message);
    expect(form.requests).toHaveLength(1);
  });

  it('says that nobody answers', async () => {
    const form = await openStoreForm(takes('t'));
    await form.close();
    const result = storeBlob({
      launchpad: form.url,
      form: renderBlobForm(blob),
      proxy: undefined,
      signal: new AbortController().signal,
      onRetry: () => {},
      timing: { timeoutMs: 300, pausesMs: [] },
    });
    await expect(result).rejects.toThrow(/did not take the report: connect ECONNREFUSED/);
  });

  it('ends at once when the user wants it to', async () => {
    const stop = new AbortController();
    const { result } = await store([hangs], { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('stopped by SIGINT')), 50);
    await expect(result).rejects.toThrow('stopped by SIGINT');
  });

  it('goes through a proxy', async () => {
    const proxy = await openProxy('tunnels');
    const { form, result } = await store([takes('through')], { proxy: proxy.url });
    expect(await result).toBe('through');
    expect(form.requests).toHaveLength(1);
    expect(proxy.asked).toEqual([form.url.host]);
  });

  it.each([
    ['hangs', /no answer within 0\.3 s$/],
    ['hangs up', /ended before receiving CONNECT response$/],
    ['refuses', /it answered with status 407$/],
  ] as const)('ends when the proxy %s', async (behaviour, message) => {
    const { form, result } = await store([takes('t')], { proxy: (await openProxy(behaviour)).url });
    await expect(result).rejects.toThrow(message);
    expect(form.requests).toEqual([]);
  });
});

describe('proxyFor', () => {
  const launchpad = new URL('https://launchpad.net/');
  it.each([
    [{}, undefined],
    [{ https_proxy: 'http://proxy:3128' }, 'http://proxy:3128/'],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '.example' }, 'http://proxy:3128/'],
    [{ https_proxy: 'http://proxy:3128', no_proxy: 'launchpad.net' }, undefined],
    [{ http_proxy: 'http://proxy:3128' }, undefined],
  ])('finds with %j %s', (env, expected) => {
    expect(withEnv(env, () => proxyFor(launchpad)?.href)).toBe(expected);
  });

  it('takes no nonsense', () => {
    const find = () => withEnv({ https_proxy: 'socks5://proxy' }, () => proxyFor(launchpad));
    expect(find).toThrow('the proxy that the environment names is no address');
  });
});

function withEnv<Result>(env: Readonly<Record<string, string>>, work: () => Result): Result {
  const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, env);
  try {
    return work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** A proxy that tunnels, or does not. */
async function openProxy(
  behaviour: 'tunnels' | 'hangs' | 'hangs up' | 'refuses',
): Promise<{ readonly url: URL; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer().on('connect', ({ url = '' }, socket: Duplex) => {
    asked.push(url);
    sockets.add(socket);
    socket.on('error', () => {});
    if (behaviour === 'hangs up') socket.destroy();
    if (behaviour === 'refuses') socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    if (behaviour !== 'tunnels') return;
    const { hostname, port } = new URL(`http://${url}`);
    const there = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(there).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/`), asked };
}
