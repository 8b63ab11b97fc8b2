import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createFakeSigner } from '../../providers/fal/fake-webhook.ts';
import type { Picture } from './pictures.ts';

/** Providers that need no time: what a call costs here is all there is to it. */
export interface InstantProviders {
  /** `OPENAI_BASE_URL` */
  readonly openai: string;
  /** `FAL_BASE_URL` */
  readonly fal: string;
  /** What every call from now on is answered with. */
  show(picture: Picture): void;
  close(): Promise<void>;
}

/** Speaks OpenAI's wire under `/v1` and fal's queue, with its webhooks, under `/fal`. */
export async function startInstantProviders(): Promise<InstantProviders> {
  const signer = createFakeSigner();
  let shown: Picture = { name: '', width: 0, height: 0, png: Buffer.alloc(0) };
  let openaiAnswer = '';
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  // Nobody's kept connection is closed under a request that is on its way.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queue = `${url}/fal`;

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(req.url ?? '/', url);
    if (pathname === '/v1/images/generations') {
      await json(req);
      return answer(res, openaiAnswer);
    }
    if (pathname.startsWith('/files/')) {
      res.writeHead(200, { 'content-type': 'image/png', 'content-length': shown.png.length }).end(shown.png);
      return;
    }
    if (pathname === '/fal/.well-known/jwks.json') return answer(res, JSON.stringify(signer.keySet));
    if (pathname.startsWith('/fal/v1/models/pricing')) return answer(res, '{"prices":[],"next_cursor":null}');
    if (req.method === 'POST') {
      await json(req);
      return submit(res, pathname.slice('/fal/'.length), searchParams.get('fal_webhook'));
    }
    if (pathname.endsWith('/status')) return answer(res, '{"status":"COMPLETED"}');
    answer(res, JSON.stringify({ images: [{ url: `${url}/files/picture.png` }], seed: 7 }));
  }

  function submit(res: ServerResponse, path: string, webhook: string | null): void {
    const request_id = randomUUID();
    const links = `${queue}/${path.split('/').slice(0, 2).join('/')}/requests/${request_id}`;
    const accepted = {
      status: 'IN_QUEUE',
      request_id,
      response_url: links,
      status_url: `${links}/status`,
      cancel_url: `${links}/cancel`,
      queue_position: 0,
    };
    answer(res, JSON.stringify(accepted));
    if (webhook) res.once('finish', () => void tell(webhook, request_id));
  }

  /** It is done as soon as it was taken. */
  async function tell(webhook: string, requestId: string): Promise<void> {
    const { headers, body } = signer.signed(requestId, { request_id: requestId, status: 'OK' }, Date.now());
    await fetch(webhook, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: Buffer.from(body),
    });
  }

  return {
    openai: `${url}/v1`,
    fal: queue,
    show(picture) {
      shown = picture;
      openaiAnswer = JSON.stringify({ created: 1, data: [{ b64_json: picture.png.toString('base64') }] });
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answer(res: ServerResponse, body: string): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(body);
}
