import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback in a provider's place. */
export interface FakeHost {
  readonly url: string;
  /** `host:port`, as in a URL. */
  readonly host: string;
  close(): Promise<void>;
}

/** @param handle answers one request; what it throws ends the connection. */
export async function startFakeHost(
  handle: (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<unknown>,
  port = 0,
): Promise<FakeHost> {
  const server = createServer((req, res) => {
    handle(req, res, new URL(req.url ?? '/', url)).catch((error: unknown) =>
      res.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;
  return {
    url,
    host,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

export function sendJson(res: ServerResponse, status: number, body: unknown): ServerResponse {
  return res.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
}

/**
 * Answers a submit that was taken, or loses the answer by the magic words: `__timeout__`, `__500_after_accept__`,
 * `__drop_after_accept__`, `__cut_accept__`.
 */
export function sendAccepted(
  res: ServerResponse,
  prompt: string,
  answer: { readonly status: number; readonly body: unknown },
): ServerResponse {
  if (prompt.includes('__timeout__')) return res;
  if (prompt.includes('__500_after_accept__')) return sendJson(res, 500, { detail: 'Internal Server Error' });
  if (prompt.includes('__drop_after_accept__')) return res.destroy();
  if (!prompt.includes('__cut_accept__')) return sendJson(res, answer.status, answer.body);
  return res.writeHead(answer.status, JSON_TYPE).end(JSON.stringify(answer.body).slice(0, 20));
}

/** Breaks off the first two answers about a `__flaky__` job. */
export function sendBroken(res: ServerResponse, { prompt, polls }: { prompt: string; polls: number }): boolean {
  if (!prompt.includes('__flaky__') || polls > 2) return false;
  if (polls === 1) res.writeHead(502).end('<html>Bad Gateway</html>');
  else res.writeHead(200, JSON_TYPE).end('{"status":"');
  return true;
}
