import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EntryPage } from '../../shared/api/pools.ts';
import { TransferAnswer } from '../../shared/api/transfers.ts';
import { Problem } from '../../shared/errors.ts';
import { auditPool } from '../ledger/audit-pool.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

let broker: TestBroker;
let ledger: Ledger;
beforeAll(async () => {
  broker = await startTestBroker();
  ledger = createLedger(broker.redis);
});
afterAll(() => broker?.stop());

/** Somebody with 10 bought credits and 3 given ones, and somebody else whose pool they are in. */
async function personAndTeam() {
  const [person, team] = [await broker.person(10), await broker.person(0)];
  const gift = { paymentId: 'g', amount: 3_000 as never, origin: 'gift', reference: 'g', actor: 'test' } as const;
  await ledger.topup({ poolId: person.poolId, ...gift });
  await join(team.poolId, person);
  return { person, team };
}

async function join(poolId: string, { accountId }: Person): Promise<void> {
  const terms = { role: 'member', cap: null } as const;
  await ledger.setMember({ poolId, operationId: randomUUID(), memberId: accountId, terms, actor: 'test' });
}

function move(person: Person, from: string, body: unknown, key: string = randomUUID()): Promise<Response> {
  const headers = { 'Idempotency-Key': key };
  return person.request(`/v1/pools/${from}/transfers`, { method: 'POST', body: JSON.stringify(body), headers });
}

async function problemOf(response: Response): Promise<Problem> {
  return Problem.parse(await response.json());
}

test('credits go to another pool, bought ones as bought and given ones as given, and both pools say so', async () => {
  const { person, team } = await personAndTeam();
  const response = await move(person, person.poolId, { to: team.poolId, amount: 5_000 });
  expect(response.status).toBe(201);
  const { transfer, balance } = TransferAnswer.parse(await response.json());
  const { poolId: from } = person;
  const to = team.poolId;
  expect(transfer).toMatchObject({ from, to, amount: 5_000, split: { gift: 3_000, paid: 2_000 } });
  expect(balance).toEqual({ available: 8_000, paid: 8_000, gift: 0, held: 0 });
  expect(await ledger.readPool(to)).toMatchObject({ paid: 2_000, gift: 3_000, in: 5_000 });

  const told = async (poolId: string) => {
    const { entries } = EntryPage.parse(await (await person.request(`/v1/pools/${poolId}/entries`)).json());
    return entries.slice(0, 2).map(({ kind, operation, reference }) => [kind, operation, reference]);
  };
  expect(await told(from)).toEqual([
    ['capture', transfer.id, `transfer:${to}`],
    ['hold', transfer.id, ''],
  ]);
  expect(await told(to)).toEqual([
    ['topup', `${transfer.id}:paid`, `transfer:${from}`],
    ['topup', `${transfer.id}:gift`, `transfer:${from}`],
  ]);
  expect([await auditPool(broker.redis, from), await auditPool(broker.redis, to)]).toEqual([[], []]);
  const history = await person.request(`/v1/generations?pool=${from}`);
  expect(await history.json(), 'it is no generation').toMatchObject({ generations: [] });
});

test('the same request again is the same transfer, and one with another amount under its key is refused', async () => {
  const { person, team } = await personAndTeam();
  const body = { to: team.poolId, amount: 1_000 };
  const answers = await Promise.all([1, 2, 3].map(() => move(person, person.poolId, body, 'one')));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses[0]).toBe(201);
  expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
  expect((await move(person, person.poolId, body, 'one')).headers.get('Idempotency-Replayed')).toBe('true');
  expect((await move(person, person.poolId, { ...body, amount: 2_000 }, 'one')).status).toBe(422);
  expect((await ledger.readPool(team.poolId))?.available).toBe(1_000);
});

test.each<[string, number, string, RegExp, (parts: Awaited<ReturnType<typeof personAndTeam>>) => Promise<unknown>]>([
  ['there are too few', 402, 'insufficient_credits', /fewer credits/, async () => ({ amount: 13_001 })],
  ['the pools are the same', 400, 'invalid_request', /already/, async ({ person }) => ({ to: person.poolId })],
  ['one is not in the other', 403, 'not_a_member', /not in/, async () => ({ to: (await broker.person(0)).poolId })],
  ['there is no other', 403, 'not_a_member', /not in/, async () => ({ to: '0'.repeat(26) })],
  [
    'the source is frozen',
    403,
    'pool_frozen',
    /This pool is frozen/,
    ({ person }) => ledger.freeze({ poolId: person.poolId, operationId: 'f', why: '', actor: 'test' }),
  ],
  [
    'the target is frozen',
    403,
    'pool_frozen',
    /should get the credits is frozen/,
    ({ team }) => ledger.freeze({ poolId: team.poolId, operationId: 'f', why: '', actor: 'test' }),
  ],
])('nothing is moved when %s', async (_why, status, code, words, prepare) => {
  const parts = await personAndTeam();
  const { person, team } = parts;
  const prepared = (await prepare(parts)) as { to?: string; amount?: number };
  const { to = team.poolId, amount = 1_000 } = prepared;
  const response = await move(person, person.poolId, { to, amount });
  const problem = await problemOf(response);
  expect([response.status, problem.code]).toEqual([status, code]);
  expect(problem.detail).toMatch(words);
  expect(await ledger.readPool(person.poolId)).toMatchObject({ available: 13_000, held: 0 });
  expect((await ledger.readPool(team.poolId))?.available).toBe(0);
  expect(await broker.redis.zCard('transfers')).toBe(0);
});

test('a member takes nothing out of somebody else’s pool, and a stranger does not see it', async () => {
  const { person, team } = await personAndTeam();
  await team.topUp(5);
  const taken = await move(person, team.poolId, { to: person.poolId, amount: 1_000 });
  expect([taken.status, (await problemOf(taken)).code]).toEqual([403, 'forbidden']);
  const stranger = await broker.person(0);
  expect((await move(stranger, team.poolId, { to: stranger.poolId, amount: 1_000 })).status).toBe(404);
  expect((await ledger.readPool(team.poolId))?.available).toBe(5_000);
});
