import { Queue } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Quote } from '../../shared/api/quotes.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { type Millicredits, millicredits } from '../../shared/credits.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { freePort } from '../redis/free-port.ts';
import { connectQueueRedis } from '../redis/queue-connection.ts';
import { quiet } from '../redis/test-redis.ts';
import { type BrokerProcess, warmBroker } from '../testing/broker-process.ts';
import type { Person } from '../testing/person.ts';
import { startWholeBroker, type WholeBroker } from '../testing/whole-broker.ts';

let broker: WholeBroker;
let other: BrokerProcess;
let brokers: string[];
let ledger: Ledger;

beforeAll(async () => {
  broker = await startWholeBroker();
  const port = await freePort();
  const env = { INKPOT_PUBLIC_URL: broker.url, INKPOT_DATA_DIR: broker.dataDir, REDIS_URL: broker.redisUrl };
  other = await warmBroker({ ...env, PORT: String(port) }).start();
  brokers = [broker.url, `http://127.0.0.1:${port}`];
  ledger = createLedger(broker.redis);
  // Nobody takes them up, so that what is held stays held.
  const connection = await connectQueueRedis({ url: broker.redisUrl, name: 'test', logger: quiet }, 'queue');
  const queue = new Queue('generations-sketch', { connection });
  await queue.pause();
  await queue.close();
  connection.disconnect();
});

afterAll(async () => {
  await other?.kill();
  await broker?.stop();
});

const settings: Settings = { prompt: 'rain', size: { kind: 'pixels', width: 64, height: 64 }, count: 1 };

async function quoteFor(person: Person, poolId: string): Promise<Quote> {
  const body = JSON.stringify({ poolId, modelId: 'sketch-draft', settings });
  const answer = await person.request('/v1/quotes', { method: 'POST', body });
  return Quote.parse(await answer.json());
}

/** Clicks all at once, in turns at each broker; gives how many were answered with what. */
async function clickAtOnce(clicks: readonly { person: Person; quote: Quote }[]): Promise<Record<string, number>> {
  const answers = await Promise.all(
    clicks.map(async ({ person, quote }, n) => {
      const answer = await fetch(`${brokers[n % 2]}/v1/generations`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${person.token}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': `click-${n}`,
        },
        body: JSON.stringify({ quote: quote.token, settings }),
      });
      const { code } = (await answer.json()) as { code?: string };
      return code ?? String(answer.status);
    }),
  );
  return Object.fromEntries(
    [...new Set(answers)].map((answer) => [answer, answers.filter((each) => each === answer).length]),
  );
}

async function topUp(person: Person, amount: Millicredits): Promise<void> {
  const { poolId, accountId } = person;
  await ledger.topup({ poolId, paymentId: 'pi_1', amount, origin: 'paid', reference: 'test', actor: accountId });
}

test('case 02: of 200 clicks of four people at once at two brokers, on cover for exactly 100, exactly 100 are accepted', async () => {
  const owner = await broker.person(0);
  const { poolId } = owner;
  const guests = await Promise.all([1, 2, 3].map(() => broker.person(0)));
  for (const { accountId: memberId } of guests) {
    const terms = { role: 'member' as const, cap: null };
    await ledger.setMember({ poolId, operationId: `in-${memberId}`, memberId, terms, actor: owner.accountId });
  }
  const people = await Promise.all(
    [owner, ...guests].map(async (person) => ({ person, quote: await quoteFor(person, poolId) })),
  );
  const ceiling = people[0]?.quote.ceiling ?? 0;
  await topUp(owner, millicredits(100 * ceiling));

  const clicks = Array.from({ length: 50 }, () => people).flat();
  expect(await clickAtOnce(clicks)).toEqual({ 202: 100, insufficient_credits: 100 });
  expect(await ledger.readPool(poolId)).toMatchObject({ available: 0, held: 100 * ceiling, openHolds: 100 });
  expect(await auditPool(broker.redis, poolId)).toEqual([]);
});

test('of 200 clicks of one member at once at two brokers, with a cap for exactly 40, exactly 40 are accepted', async () => {
  const owner = await broker.person(0);
  const { poolId } = owner;
  const guest = await broker.person(0);
  const { accountId: memberId } = guest;
  await topUp(owner, millicredits(10_000_000));
  const join = { poolId, memberId, actor: owner.accountId };
  await ledger.setMember({ ...join, operationId: 'in', terms: { role: 'member', cap: null } });
  const quote = await quoteFor(guest, poolId);
  const cap = { limit: millicredits(40 * quote.ceiling), period: 'total' as const };
  await ledger.setMember({ ...join, operationId: 'cap', terms: { role: 'member', cap } });

  const clicks = Array.from({ length: 200 }, () => ({ person: guest, quote }));
  expect(await clickAtOnce(clicks)).toEqual({ 202: 40, cap_reached: 160 });
  expect(await ledger.readPool(poolId)).toMatchObject({ held: 40 * quote.ceiling, openHolds: 40 });
  expect(await auditPool(broker.redis, poolId)).toEqual([]);
});
