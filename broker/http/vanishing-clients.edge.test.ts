import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger } from '../ledger/index.ts';
import { expectFlat } from '../testing/expect-flat.ts';
import type { Person } from '../testing/person.ts';
import { startWholeBroker, type WholeBroker } from '../testing/whole-broker.ts';

/** Clients that vanish, in each of two waves: the first brings the broker to the size that it then keeps. */
const CLIENTS = 1_000;
const WAVES = 2;

/** Open at once: as many as one machine's browsers keep. */
const AT_ONCE = 50;

let broker: WholeBroker;

beforeAll(async () => {
  broker = await startWholeBroker();
});

afterAll(async () => {
  await broker?.stop();
});

const settings = (prompt: string, side: number): Settings => ({
  prompt,
  size: { kind: 'pixels', width: side, height: side },
  count: 1,
});

test('1,000 clients that vanish in the middle of requests, streams and downloads leave nothing behind', async () => {
  const person = await broker.person(1_000);
  const { generation } = await person.generate('sketch', settings('a large one', 2_048));
  await expect.poll(async () => isFinal((await person.read(generation.id)).generation.state)).toBe(true);
  const small = settings('a small one', 64);
  const { token: quote } = await person.quote('sketch', small);
  const moves = movesOf(person, generation.id, JSON.stringify({ quote, settings: small }));

  const vanish = async (clients: number) => {
    const waiting = Array.from({ length: clients }, (_, n) => n);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let n = waiting.pop(); n !== undefined; n = waiting.pop())
          await leave(moves[n % moves.length]?.() ?? '', n);
      }),
    );
  };
  const sizes: Awaited<ReturnType<WholeBroker['memory']>>[] = [];
  for (let wave = 0; wave < WAVES; wave++) {
    await vanish(CLIENTS);
    await settled(person);
    sizes.push(await broker.memory());
  }

  expect(broker.isAlive()).toBe(true);
  expect((await fetch(`${broker.url}/readyz`)).status).toBe(200);
  expect(await auditPool(broker.redis, person.poolId)).toEqual([]);
  const balance = await createLedger(broker.redis).readPool(person.poolId);
  expect(balance).toMatchObject({ held: 0, openHolds: 0 });
  expect(balance?.spent, 'some requests did arrive').toBeGreaterThan(0);
  expect(broker.said()).not.toMatch(/unexpected error|cannot go on|Unhandled|Warning/);
  expectFlat(sizes);
});

/** What a client sends before it leaves. */
function movesOf({ token, poolId }: Person, generationId: string, body: string): (() => string)[] {
  const head = (line: string, ...more: string[]) =>
    [`${line} HTTP/1.1`, `Host: 127.0.0.1:${broker.port}`, `Authorization: Bearer ${token}`, ...more, '', ''].join(
      '\r\n',
    );
  const post = (length = Buffer.byteLength(body)) =>
    head(
      'POST /v1/generations',
      'Content-Type: application/json',
      `Content-Length: ${length}`,
      `Idempotency-Key: ${randomUUID()}`,
    );
  return [
    () => post() + body,
    () => post() + body.slice(0, 40),
    () => post(30_000) + body,
    () => post().slice(0, 60),
    () => head(`GET /v1/generations/${generationId}/outputs/0`),
    () => head(`GET /v1/generations/${generationId}/outputs/0/thumbnail`),
    () => head(`GET /v1/generations/${generationId}/events`),
    () => head(`GET /v1/generations?pool=${poolId}&limit=100`).repeat(3),
    () => '',
  ];
}

/** Sends, reads a little or nothing, and is gone without a word, some at once and some a moment later. */
async function leave(text: string, n: number): Promise<void> {
  const socket = connect(broker.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('error', () => resolve()));
  socket.write(text);
  if (n % 3 === 0) await new Promise<void>((resolve) => socket.once('data', () => resolve()).setTimeout(50, resolve));
  else await sleep(n % 20);
  if (n % 2 === 0) socket.resetAndDestroy();
  else socket.destroy();
}

/** Every hold has ended, and every client's connection is closed. */
async function settled({ poolId }: Person): Promise<void> {
  const ledger = createLedger(broker.redis);
  await expect.poll(async () => (await ledger.readPool(poolId))?.openHolds, { timeout: 60_000 }).toBe(0);
  await expect.poll(() => broker.metric('nodejs_active_resources_total'), { timeout: 20_000 }).toBeLessThan(40);
}
