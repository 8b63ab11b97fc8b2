import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * Against clients that are slow on purpose or gone; Node's own defaults leave them minutes more, and look only every
 * 30 s. A request may take as long as the panel waits for a picture to be handed in over a slow line. Keep-alive is longer than the 60 s of common load
 * balancers, so that none of them sends into a connection that is just being closed. In ms.
 */
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 125_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  /** Without a byte either way. An event stream has one every 5 s. */
  silence: 60_000,
};

/** In bytes, and in number. A token has about 600 bytes. */
const MOST_HEADERS = { maxHeaderSize: 16_384, count: 100 };

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** Further connections are closed as they come, so that those there are go on. */
  readonly maxConnections: number;
  /** In ms. */
  readonly timeouts?: Partial<typeof TIMEOUTS>;
}

/** How long open requests may go on once the broker drains, in ms: longer than any of them takes. */
const DRAIN = 12_000;

/** How often connections are looked for that have sent their last answer, in ms. */
const LOOK_INTERVAL = 50;

/** A bound port. */
export interface Listener {
  readonly server: Server;
  readonly port: number;
  /** From now on `app` answers; until then everybody hears 503. */
  serve(app: RequestListener): void;
  /** Takes no more connections, lets requests that are under way end, and cuts what does not. */
  close(): Promise<void>;
}

/** Binds the port before there is an app, so that the broker's own address is known to what is built on it. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { port, host, maxConnections } = options;
  const { silence, ...timeouts } = { ...TIMEOUTS, ...options.timeouts };
  const server = createServer({ ...timeouts, maxHeaderSize: MOST_HEADERS.maxHeaderSize }, answerNotReady);
  server.maxHeadersCount = MOST_HEADERS.count;
  server.maxConnections = maxConnections;
  server.setTimeout(silence);

  // Browsers open connections ahead of need. Node counts them as busy, so that a drain would wait for them.
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is in use. Stop what uses it, or choose another: PORT=8788, or --port 0 for a free one.`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    server.listen(port, host, resolve);
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    serve(app) {
      server.off('request', answerNotReady).on('request', app);
    },
    async close() {
      server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of unused) socket.destroy();
      const look = setInterval(() => server.closeIdleConnections(), LOOK_INTERVAL);
      const end = setTimeout(() => server.closeAllConnections(), DRAIN);
      await closed;
      clearInterval(look);
      clearTimeout(end);
    },
  };
}

const answerNotReady: RequestListener = (_req, res) => {
  res.writeHead(503, { 'Retry-After': '1' }).end();
};
