/** Sends a message to Launchpad's form for data, the only thing that crdoctor ever sends to anybody. */

import { Agent as HttpAgent, request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';

import { exitStatus, UserError } from '../errors.js';

export interface StoreOptions {
  /** Where Launchpad is: `https://launchpad.net/`. */
  readonly launchpad: URL;
  /** The body of the request and the boundary of its parts. */
  readonly form: { readonly boundary: string; readonly content: Buffer };
  /** Address of a proxy; undefined = none. */
  readonly proxy: URL | undefined;
  readonly signal: AbortSignal;
  /** Told before it is tried again: why, one clause. Untrusted. */
  readonly onRetry: (reason: string) => void;
  /** Left out: 60 seconds for one attempt, three attempts, 2 and 8 seconds between them. */
  readonly timing?: { readonly timeoutMs: number; readonly pausesMs: readonly number[] };
}

const usualTiming = { timeoutMs: 60_000, pausesMs: [2_000, 8_000] };

/** What came of one attempt. */
type Attempt =
  | { readonly outcome: 'stored'; readonly token: string }
  /** `reason`: one clause. */
  | { readonly outcome: 'refused' | 'retry'; readonly reason: string };

/**
 * The token by which Launchpad knows the message. It is tried again when nobody answers in time, or with
 * an error of the server; storing it twice does no harm, because it is no bug before somebody files it.
 * @throws {UserError} Launchpad cannot be reached or does not take it
 */
export async function storeBlob(options: StoreOptions): Promise<string> {
  const { timeoutMs, pausesMs } = options.timing ?? usualTiming;
  for (let attempt = 0; ; attempt += 1) {
    const result = await storeOnce(options, timeoutMs);
    if (result.outcome === 'stored') return result.token;
    const pauseMs = pausesMs[attempt];
    if (result.outcome === 'refused' || pauseMs === undefined) throw notStored(options.launchpad, result.reason);
    options.onRetry(result.reason);
    await pause(pauseMs, options.signal);
  }
}

/**
 * The proxy that the environment of the process names for an address (`https_proxy`, `all_proxy`, `no_proxy`).
 * @throws {UserError} it is no address
 */
export function proxyFor(url: URL): URL | undefined {
  const proxy = getProxyForUrl(url.href);
  if (proxy === '') return undefined;
  if (URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)) return new URL(proxy);
  throw new UserError('the proxy that the environment names is no address', { hint: 'Such as http://proxy:3128.' });
}

function notStored({ host }: URL, reason: string): UserError {
  return new UserError(`${host} did not take the report: ${reason}`, {
    exitStatus: exitStatus.internal,
    hint: 'Nothing was filed. The files are there: paste the description, or try again later.',
  });
}

async function storeOnce({ launchpad, form, proxy, signal }: StoreOptions, timeoutMs: number): Promise<Attempt> {
  const late = new AbortController();
  const onStop = (): void => late.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onStop, { once: true });
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    const { statusCode = 0, headers } = await post(new URL('+storeblob', launchpad), form, proxy, late.signal);
    return judgeAnswer(statusCode, headers['x-launchpad-blob-token'], headers.location);
  } catch (error) {
    signal.throwIfAborted();
    return { outcome: 'retry', reason: messageOf(late.signal.aborted ? late.signal.reason : error) };
  } finally {
    // Also ends a connection to a proxy that never answered.
    late.abort();
    clearTimeout(timer);
    signal.removeEventListener('abort', onStop);
  }
}

/** Not `fetch`, which knows no proxies in Node 20; redirects are not followed. */
function post(
  url: URL,
  { boundary, content }: StoreOptions['form'],
  proxy: URL | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isPlain = url.protocol === 'http:';
  const direct = isPlain ? new HttpAgent({ keepAlive: false }) : new HttpsAgent({ keepAlive: false });
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': content.length };
  const options: RequestOptions = {
    method: 'POST',
    headers,
    signal,
    agent: proxy === undefined ? direct : new HttpsProxyAgent(proxy, { signal }),
  };
  return new Promise((resolve, reject) => {
    const request = isPlain ? requestHttp(url, options) : requestHttps(url, options);
    request.once('error', reject);
    request.once('response', (response) => {
      // What the page says is for browsers; the headers are all we want.
      response.once('error', reject);
      response.destroy();
      resolve(response);
    });
    request.end(content);
  });
}

type HeaderValue = string | readonly string[] | undefined;

function judgeAnswer(status: number, token: HeaderValue, location: HeaderValue): Attempt {
  if (status >= 500) return { outcome: 'retry', reason: `it answered with status ${status}` };
  // Nothing is sent anywhere but where it was said to go.
  if (status >= 300 && status < 400 && location !== undefined) {
    return { outcome: 'refused', reason: `it sends us on to ${String(location)}` };
  }
  if (status !== 200) return { outcome: 'refused', reason: `it answered with status ${status}` };
  // The token becomes a part of an address.
  if (typeof token !== 'string' || !/^[\w-]{1,200}$/.test(token)) {
    return { outcome: 'refused', reason: 'its answer holds no token, so it may have been too large' };
  }
  return { outcome: 'stored', token };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error.message;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onStop = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onStop);
      resolve();
    }, ms);
    signal.addEventListener('abort', onStop, { once: true });
  });
}
