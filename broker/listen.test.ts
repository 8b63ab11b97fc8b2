import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Listener, type ListenOptions, listen } from './listen.ts';

const open: { listener: Listener; sockets: Socket[] }[] = [];

afterEach(async () => {
  for (const { listener, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await listener.close();
  }
});

const hello: RequestListener = (req, res) => {
  req.resume().once('end', () => res.end('hello'));
};

/** A server, and raw connections to it. */
async function start(options: Partial<ListenOptions> = {}, app = hello) {
  const listener = await listen({ port: 0, host: '127.0.0.1', maxConnections: 100, ...options });
  listener.serve(app);
  const sockets: Socket[] = [];
  open.push({ listener, sockets });
  const connections = () =>
    new Promise<number>((resolve) => listener.server.getConnections((_error, count) => resolve(count)));
  /** Sends text, and collects what comes back until the other side closes. */
  const dial = (text = '') => {
    const socket = connect(listener.port, '127.0.0.1');
    sockets.push(socket);
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk;
    });
    socket.on('error', () => undefined);
    const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)));
    socket.write(text);
    return { socket, closed, heard: () => heard };
  };
  return { listener, connections, dial };
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const QUICK = { connectionsCheckingInterval: 20 };

test('headers and bodies that come a byte at a time are cut off, however steadily they come', async () => {
  const { dial } = await start({ timeouts: { ...QUICK, headersTimeout: 200, requestTimeout: 300 } });
  const slowHeader = dial('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const slowBody = dial('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
  const dribble = setInterval(() => {
    for (const { socket } of [slowHeader, slowBody]) if (socket.writable) socket.write('a');
  }, 20);
  expect(await slowHeader.closed).toMatch(/^HTTP\/1\.1 408 /);
  expect(await slowBody.closed).toMatch(/^HTTP\/1\.1 408 /);
  clearInterval(dribble);
});

test('a client that reads nothing of a large answer is cut off', async () => {
  const { dial, connections } = await start({ timeouts: { silence: 500 } }, (_req, res) =>
    res.end(Buffer.alloc(50_000_000)),
  );
  const { socket, closed } = dial(GET);
  socket.pause();
  await expect.poll(connections).toBe(1);
  await expect.poll(connections).toBe(0);
  socket.resume();
  expect((await closed).length).toBeLessThan(50_000_000);
});

test('too large and too many headers are refused', async () => {
  const { dial } = await start();
  const large = dial(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`);
  expect(await large.closed).toMatch(/^HTTP\/1\.1 431 /);
});

test('beyond the most connections new ones are closed, and those that are there go on', async () => {
  const { dial, connections } = await start({ maxConnections: 5 });
  const there = Array.from({ length: 5 }, () => dial());
  await expect.poll(connections).toBe(5);
  expect(await dial(GET).closed).toBe('');
  there[0]?.socket.write(GET);
  await expect.poll(() => there[0]?.heard()).toContain('hello');
});

test('nonsense on the wire is answered with 400, and the server goes on', async () => {
  const { dial, listener } = await start();
  for (const bytes of ['\0\0\0\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', `${'x'.repeat(30_000)}\r\n\r\n`]) {
    expect(await dial(bytes).closed).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
  expect((await fetch(`http://127.0.0.1:${listener.port}/`)).status).toBe(200);
});

test('a drain lets what is under way end, tells clients to close, and takes nothing new', async () => {
  const underWay: ServerResponse[] = [];
  const { listener, dial } = await start({}, (_req, res) => void underWay.push(res));
  const idle = dial();
  const busy = dial(GET);
  await expect.poll(() => underWay.length).toBe(1);
  const closed = listener.close();
  await idle.closed;
  await expect(fetch(`http://127.0.0.1:${listener.port}/`)).rejects.toThrow();
  underWay[0]?.end('done');
  expect(await busy.closed).toContain('done');
  await closed;
});
