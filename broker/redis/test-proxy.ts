import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What happens to bytes on their way: passed on, swallowed, or kept until they are passed on. */
type Course = 'pass' | 'swallow' | 'keep';

export interface FaultyProxy {
  readonly url: string;
  /** What happens from now on to requests and replies of every connection, also new ones. */
  set(courses: { requests: Course; replies: Course }): void;
  /** Cuts all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** A TCP proxy before a Redis server that can lose, delay and cut, for tests. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const url = new URL(target);
  const port = Number(url.port);
  let courses: { requests: Course; replies: Course } = { requests: 'pass', replies: 'pass' };
  let kept: (() => void)[] = [];
  const sockets = new Set<Socket>();

  function carry(from: Socket, to: Socket, direction: 'requests' | 'replies') {
    sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      if (courses[direction] !== 'keep') to.destroy();
    });
    from.on('data', (bytes) => {
      const pass = () => void to.write(bytes);
      if (courses[direction] === 'pass') pass();
      if (courses[direction] === 'keep') kept.push(pass);
    });
  }

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    carry(client, upstream, 'requests');
    carry(upstream, client, 'replies');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  url.port = String(address.port);

  function cut() {
    for (const socket of sockets) socket.destroy();
  }
  return {
    url: url.href,
    set(next) {
      courses = next;
      if (next.requests !== 'keep') for (const pass of kept.splice(0)) pass();
    },
    cut,
    async close() {
      kept = [];
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
