import type { IncomingMessage, ServerResponse } from 'node:http';

export const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'authorization, content-type, idempotency-key',
  'Access-Control-Allow-Methods': 'GET, POST, DELETE',
};

/** A request as the made-up broker works with it. */
export interface Incoming {
  readonly line: string;
  readonly path: string;
  readonly bytes: Buffer;
  readonly body: string;
  readonly key: string | undefined;
  readonly authorization: string;
}

export async function read(raw: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of raw) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const { pathname } = new URL(raw.url ?? '/', 'http://localhost');
  const key = raw.headers['idempotency-key'];
  return {
    line: `${raw.method} ${pathname}`,
    path: pathname,
    bytes,
    body: bytes.toString(),
    key: Array.isArray(key) ? key[0] : key,
    authorization: raw.headers.authorization ?? '',
  };
}

export function json(res: ServerResponse, status: number, body: unknown): ServerResponse {
  return res.writeHead(status, { ...CORS, 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
