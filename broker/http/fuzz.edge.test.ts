import { connect } from 'node:net';
import fc from 'fast-check';
import { Pool } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { Problem } from '../../shared/errors.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { expectFlat } from '../testing/expect-flat.ts';
import { type FuzzRequest, formRequests, rawBytes, requestsFor } from '../testing/fuzz-requests.ts';
import type { Person } from '../testing/person.ts';
import { startWholeBroker, type WholeBroker } from '../testing/whole-broker.ts';

/** `FUZZ_REQUESTS` asks for more, `FUZZ_SEED` for the same again. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** One in so many is raw bytes on a connection of its own. */
const RAW_SHARE = 5;

const AT_ONCE = 16;

/** Requests are drawn and sent in waves, and the broker is measured after each. */
const WAVES = 4;

let broker: WholeBroker;

beforeAll(async () => {
  const most = '10000000';
  broker = await startWholeBroker({
    INKPOT_LIMIT_ADDRESS: most,
    INKPOT_LIMIT_ACCOUNT: most,
    INKPOT_LIMIT_POOL: most,
  });
});

afterAll(async () => {
  await broker?.stop();
});

test(`${REQUESTS} requests, generated and damaged, get no answer of 5xx and leave nothing behind (seed ${SEED})`, async () => {
  const person = await broker.person(1_000);
  const requests = await arbitraryRequests(person);
  const raw = rawBytes(person.token);
  const client = new Pool(broker.url, { connections: AT_ONCE });
  const faults: unknown[] = [];
  const statuses = new Map<number, number>();
  const count = (status: number) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const sizes: Awaited<ReturnType<WholeBroker['memory']>>[] = [];
  for (let wave = 0; wave < WAVES; wave++) {
    const drawn = { numRuns: Math.ceil(REQUESTS / WAVES / RAW_SHARE), seed: SEED + wave };
    const spoken = fc.sample(requests, { ...drawn, numRuns: drawn.numRuns * (RAW_SHARE - 1) });
    await inParallel(spoken, async (request) => {
      const { status, fault } = await send(client, request);
      count(status);
      if (fault) faults.push({ fault, request });
    });
    await inParallel(fc.sample(raw, drawn), async (bytes) => {
      const answer = await sendRaw(bytes);
      for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) count(Number(status));
      if (/^HTTP\/1\.1 5/m.test(answer)) faults.push({ answer, bytes: Buffer.from(bytes).toString('latin1') });
    });
    expect(faults.slice(0, 3)).toEqual([]);
    sizes.push(await broker.memory());
  }
  await client.close();

  expect(broker.isAlive()).toBe(true);
  expect(broker.said()).not.toMatch(/unexpected error|cannot go on|Unhandled|Warning/);
  for (const status of [200, 202, 400, 401, 404, 405, 413, 422])
    expect([status, statuses.has(status)]).toEqual([status, true]);
  expect(await auditPool(broker.redis, person.poolId)).toEqual([]);
  expectFlat(sizes);
});

/** Requests from the broker's own document, with ids, models and prices that exist. */
async function arbitraryRequests(person: Person) {
  const document = await (await fetch(`${broker.url}/openapi.json`)).json();
  const settings: Settings = { prompt: 'a pear', size: { kind: 'pixels', width: 64, height: 64 }, count: 1 };
  const { token: quote } = await person.quote('sketch', settings);
  const { generation } = await person.generate('sketch', settings);
  const stranger = await broker.person(0);
  const { models } = await (await fetch(`${broker.url}/v1/models`)).json();
  const api = requestsFor(document, {
    known: {
      id: fc.constantFrom(generation.id, person.poolId, stranger.poolId),
      pool: fc.constantFrom(person.poolId, stranger.poolId),
      poolId: fc.constantFrom(person.poolId, stranger.poolId),
      modelId: fc.constantFrom(...models.map(({ id }: { id: string }) => id)),
      n: fc.constantFrom('0', '1', '99'),
      before: fc.constantFrom(1, 5, generation.id),
      quote: fc.constant(quote),
      settings: fc.constant(settings),
    },
    authorization: fc.constantFrom(`Bearer ${person.token}`, `Bearer ${person.token}`, `Bearer ${stranger.token}`),
  });
  return fc.oneof({ weight: 9, arbitrary: api }, { weight: 1, arbitrary: formRequests() });
}

/** Sends a request; a fault is an answer that no client should have to cope with. */
async function send(client: Pool, request: FuzzRequest): Promise<{ status: number; fault?: unknown }> {
  const { body, headers, ...rest } = request;
  const answer = await client.request({ ...rest, headers, body: body ?? null, method: request.method as 'GET' });
  const { statusCode: status } = answer;
  // A stream of events goes on for as long as its generation does.
  if (String(answer.headers['content-type']).startsWith('text/event-stream')) {
    answer.body.on('error', () => undefined).destroy();
    return { status };
  }
  const text = await answer.body.text();
  if (status >= 500) return { status, fault: text };
  if (status < 400 || request.method === 'HEAD' || !request.path.startsWith('/v1')) return { status };
  const problem = Problem.safeParse(JSON.parse(text || 'null'));
  return problem.success && problem.data.status === status ? { status } : { status, fault: text };
}

/** How long a connection may stay open after what was sent made no whole request, in ms. */
const PATIENCE = 1_000;

function sendRaw(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(broker.port, '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    socket.setTimeout(PATIENCE, () => socket.destroy());
    socket.once('close', () => resolve(answer));
  });
}

async function inParallel<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.reverse();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
    }),
  );
}
