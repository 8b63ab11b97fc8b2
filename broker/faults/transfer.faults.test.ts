import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditPool } from '../ledger/audit-pool.ts';
import { withDeadline } from '../redis/deadline.ts';
import type { Person } from '../testing/person.ts';
import { type House, openHouse } from './house.ts';
import type { Command } from './redis-proxy.ts';
import { untilAnswered } from './until-answered.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.stop());

/** Two people, the first of whom is in the pool of the second. */
async function twoPools(): Promise<[Person, Person]> {
  const [source, target] = [await house.newPerson(10), await house.newPerson(1)];
  const membership = { poolId: target.poolId, memberId: source.accountId, operationId: 'join', actor: 'test' };
  await house.ledger.setMember({ ...membership, terms: { role: 'member', cap: null } });
  return [source, target];
}

async function move(source: Person, target: Person, key: string): Promise<void> {
  const response = await source.request(`/v1/pools/${source.poolId}/transfers`, {
    method: 'POST',
    body: JSON.stringify({ to: target.poolId, amount: 4_000 }),
    headers: { 'Idempotency-Key': key },
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
}

const isAbout = ({ words }: Command) => words.some((word) => word.includes('transfer-'));
const isIn = (poolId: string, { words }: Command) => words.some((word) => word.includes(`{${poolId}}`));
const runs = (script: string) => (command: Command) => command.script === script && isAbout(command);
/** The first key of a transfer's credit that names it is the payment's. */
const credits = ({ words }: Command) => words.some((word) => /^p:.*transfer-/.test(word));

const STEPS = [
  { name: 'hold', is: runs('hold') },
  { name: 'advance', is: runs('advance') },
  { name: 'credit', is: credits },
  { name: 'capture', is: runs('capture') },
];
const DEATHS = STEPS.flatMap((step) => (['before', 'after'] as const).map((when) => ({ ...step, when })));

/** Nobody asks again after these: the broker finishes by itself what it has begun. */
const FORGOTTEN = ['after hold', 'before credit', 'after credit'];

test('a transfer whose broker is killed before or after any of its steps has moved all of it in the end, and once', async () => {
  const parties: [Person, Person][] = [];
  const repeats: Promise<void>[] = [];
  for (const { name, is, when } of DEATHS) {
    const [source, target] = await twoPools();
    parties.push([source, target]);
    const key = randomUUID();
    const pool = name === 'credit' ? target.poolId : source.poolId;
    const stop = house.proxy.stop(when, (command) => is(command) && isIn(pool, command));
    const first = move(source, target, key).catch(() => undefined);
    await withDeadline(20_000, () => stop.reached);
    await house.kill(name === 'capture' ? 'both' : 'broker');
    stop.release();
    await first;
    if (FORGOTTEN.includes(`${when} ${name}`)) continue;
    const repeat = untilAnswered(() => move(source, target, key));
    // Whoever gives up is told below.
    repeat.catch(() => undefined);
    repeats.push(repeat);
  }
  await Promise.all(repeats);
  await expect.poll(() => house.redis.zCard('transfers'), { timeout: 30_000 }).toBe(0);
  for (const [source, target] of parties) {
    expect(await house.ledger.readPool(source.poolId)).toMatchObject({ available: 6_000, held: 0 });
    expect(await target.available()).toBe(5_000);
    for (const { poolId } of [source, target]) expect(await auditPool(house.redis, poolId)).toEqual([]);
  }
});
