/** A server on this machine that stands for Launchpad's form for data. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is answered to one request. */
export type StoreAnswer = (response: ServerResponse) => void;

export interface StoreForm {
  readonly url: URL;
  readonly requests: readonly StoredRequest[];
  close(): Promise<void>;
}

/** As Launchpad answers when it took something. */
export const takes =
  (token: string): StoreAnswer =>
  (response) =>
    void response.writeHead(200, { 'X-Launchpad-Blob-Token': token }).end('<html>Your ticket is …</html>');

export const answers =
  (status: number, headers: Readonly<Record<string, string>> = {}): StoreAnswer =>
  (response) =>
    void response.writeHead(status, headers).end();

/** Nothing comes, until the other side has enough. */
export const hangs: StoreAnswer = () => {};

/** Answers one request after the other; the last answer is given to all that follow. */
export async function openStoreForm(...script: readonly StoreAnswer[]): Promise<StoreForm> {
  const requests: StoredRequest[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      requests.push({ method, path, headers, body: Buffer.concat(pieces) });
      script[Math.min(requests.length, script.length) - 1]?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
