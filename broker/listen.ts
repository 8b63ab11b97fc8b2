import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Node's own defaults leave a slow client a minute or more; the API's requests are small. In ms. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 };

/** Binds the port before there is an app, so that the broker's own address is known to what is built on it. */
export async function listen(port: number, host: string): Promise<{ server: Server; port: number }> {
  const server = createServer({ ...TIMEOUTS, maxHeaderSize: 16_384 }, answerNotReady);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is in use. Stop what uses it, or choose another: PORT=8788, or --port 0 for a free one.`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    server.listen(port, host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** From now on `app` answers. */
export function serve(server: Server, app: RequestListener): void {
  server.off('request', answerNotReady);
  server.on('request', app);
}

/** How long open requests and event streams may go on once the broker drains, in ms. */
const DRAIN = 3_000;

/** Takes no more connections, lets what is under way end, and cuts what does not. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN);
  await closed;
  clearTimeout(timer);
}

const answerNotReady: RequestListener = (_req, res) => {
  res.writeHead(503, { 'Retry-After': '1' }).end();
};
