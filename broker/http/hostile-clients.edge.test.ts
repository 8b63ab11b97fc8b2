import { connect, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import type { Person } from '../testing/person.ts';
import { startWholeBroker, type WholeBroker } from '../testing/whole-broker.ts';

let broker: WholeBroker;
let person: Person;

beforeAll(async () => {
  broker = await startWholeBroker();
  person = await broker.person(100);
});

afterAll(async () => {
  await broker?.stop();
});

const SETTINGS: Settings = {
  prompt: 'in the middle of it',
  size: { kind: 'pixels', width: 64, height: 64 },
  count: 1,
};

const expectWell = async () => {
  expect(broker.isAlive()).toBe(true);
  expect((await fetch(`${broker.url}/readyz`)).status).toBe(200);
  expect(broker.said()).not.toMatch(/unexpected error|cannot go on|Unhandled/);
};

test('2,000 connections that send their headers a byte at a time are cut off, and meanwhile a person gets a picture', async () => {
  const sockets: Socket[] = [];
  let answered = 0;
  const closed = Array.from({ length: 2_000 }, () => {
    const socket = connect(broker.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined).once('data', () => (answered += 1));
    socket.write('GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    return new Promise<void>((resolve) => socket.once('close', () => resolve()));
  });
  const dribble = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('a');
  }, 1_000);

  const { generation } = await person.generate('sketch', SETTINGS);
  await expect.poll(async () => isFinal((await person.read(generation.id)).generation.state)).toBe(true);
  expect((await person.read(generation.id)).generation.state).toBe('succeeded');
  expect(sockets.filter((socket) => socket.writable).length, 'they are still there').toBeGreaterThan(1_000);

  await Promise.all(closed);
  clearInterval(dribble);
  expect(answered, 'each hears why').toBe(2_000);
  await expectWell();
});

const MEGABYTES = 50;
const BLOWN_UP = Buffer.from(JSON.stringify({ padding: ' '.repeat(MEGABYTES * 1_000_000) }));

test.each([
  ['gzip', gzipSync(BLOWN_UP)],
  ['deflate', deflateSync(BLOWN_UP)],
  ['br', brotliCompressSync(BLOWN_UP)],
] as const)('a small body that would be 50 MB (%s) is refused before it is', async (encoding, body) => {
  const before = await broker.memory();
  for (const path of ['/v1/quotes', '/v1/generations', '/v1/uploads']) {
    const answer = await person.request(path, {
      method: 'POST',
      headers: { 'Content-Encoding': encoding, 'Idempotency-Key': `${encoding}-${path.slice(4)}` },
      body: new Uint8Array(body),
    });
    expect([413, 415], path).toContain(answer.status);
  }
  expect((await broker.memory()).process - before.process).toBeLessThan(MEGABYTES * 1_000_000);
  await expectWell();
});

test.each([
  ['lists in lists', `${'['.repeat(15_000)}${']'.repeat(15_000)}`],
  ['objects in objects', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  [
    'settings that are lists in lists',
    `{"poolId":"p","modelId":"m","settings":${'['.repeat(15_000)}${']'.repeat(15_000)}}`,
  ],
  ['a prototype', '{"__proto__":{"poolId":"p"},"modelId":"sketch","settings":{}}'],
  ['a constructor', '{"constructor":{"prototype":{"poolId":"p"}},"modelId":"sketch","settings":{}}'],
])('%s: 400', async (_what, body) => {
  for (const path of ['/v1/quotes', '/v1/generations']) {
    const headers = { 'Idempotency-Key': 'deep' };
    expect((await person.request(path, { method: 'POST', headers, body })).status, path).toBe(400);
  }
  await expectWell();
});

test.each([
  ['two keys', ['Idempotency-Key: one', 'Idempotency-Key: two']],
  ['two lengths', ['Idempotency-Key: one', 'Content-Length: 2', 'Content-Length: 3']],
  ['a length and chunks', ['Idempotency-Key: one', 'Content-Length: 2', 'Transfer-Encoding: chunked']],
])('a request with %s is refused', async (_what, headers) => {
  const { token } = await person.quote('sketch', SETTINGS);
  const body = JSON.stringify({ quote: token, settings: SETTINGS });
  const length = headers.some((line) => line.startsWith('Content-Length')) ? [] : [`Content-Length: ${body.length}`];
  const lines = [
    'POST /v1/generations HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${person.token}`,
    'Content-Type: application/json',
    'Connection: close',
    ...length,
    ...headers,
  ];
  const before = await person.available();
  expect(await say(`${lines.join('\r\n')}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await person.available()).toBe(before);
});

/** Sends bytes, and gives all that comes back. */
function say(bytes: string): Promise<string> {
  const socket = connect(broker.port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  return new Promise((resolve) => socket.once('close', () => resolve(heard)));
}
