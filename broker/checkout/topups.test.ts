import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import { PACKS } from './packs.ts';
import { startTestRedis } from './test-checkout.ts';
import { TOPUP_STATES, type TopupState } from './topup.ts';
import { createTopups, type Topups } from './topups.ts';

const time = { now: 1_000 };
const redis = await startTestRedis();
const topups = createTopups(redis, () => time.now);

let orders = 0;
function order(rest: Partial<Parameters<Topups['create']>[0]> = {}) {
  orders += 1;
  return { account: 'ada', pool: `pool${orders}`, pack: PACKS[0], key: 'form', ...rest };
}

test('a record says what was bought, before anybody is asked for money', async () => {
  const topup = await topups.create(order({ pool: 'studio' }));
  expect(topup).toMatchObject({ pool: 'studio', account: 'ada', pack: 'credits-200', cents: 1_000, state: 'created' });
  expect(topup.credits).toBe(credits(200));
  expect(await topups.read(topup)).toEqual(topup);
  expect(await redis.exists(`topup:{studio}:${topup.id}`)).toBe(1);
});

test('the same form finds its record again, unchanged, even when the price list has moved', async () => {
  const first = await topups.create(order({ pool: 'p' }));
  time.now += 5_000;
  const dearer = { ...PACKS[0], cents: 2_000 };
  expect(await topups.create(order({ pool: 'p', pack: dearer }))).toEqual(first);
});

test('forms, pools and people do not share records', async () => {
  const base = order();
  const records = await Promise.all([
    topups.create(base),
    topups.create({ ...base, key: 'other' }),
    topups.create({ ...base, account: 'bob' }),
    topups.create({ ...base, pool: 'elsewhere' }),
  ]);
  expect(new Set(records.map(({ id }) => id)).size).toBe(4);
});

test('the same form with another pack is refused', async () => {
  const base = order();
  await topups.create(base);
  await expect(topups.create({ ...base, pack: PACKS[1] })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
});

test('a state moves up and never back', async () => {
  const rank: Record<TopupState, number> = { created: 0, open: 1, pending: 2, expired: 3, failed: 3, credited: 4 };
  for (const from of TOPUP_STATES) {
    for (const to of TOPUP_STATES) {
      const topup = await topups.create(order());
      await topups.move(topup, from);
      await topups.move(topup, to);
      expect((await topups.read(topup))?.state).toBe(rank[to] > rank[from] ? to : from);
    }
  }
});

test('late news change no field of what is over', async () => {
  const topup = await topups.create(order());
  await topups.move(topup, 'credited', { payment: 'pi_1', session: 'cs_1' });
  await topups.move(topup, 'open', { session: 'cs_2', url: 'https://example.com' });
  expect(await topups.read(topup)).toMatchObject({ state: 'credited', payment: 'pi_1', session: 'cs_1' });
});

test('a record of money is kept for ever, one without money for 35 days', async () => {
  const topup = await topups.create(order());
  const key = `topup:{${topup.pool}}:${topup.id}`;
  expect(await redis.ttl(key)).toBe(-1);
  await topups.move(topup, 'expired');
  expect(await redis.ttl(key)).toBe(35 * 24 * 3600);
  await topups.move(topup, 'credited');
  expect(await redis.ttl(key)).toBe(-1);
});

test('what is not over is listed from its age on, oldest first, until it is', async () => {
  time.now += 100_000;
  const begun = time.now;
  const older = await topups.create(order());
  time.now += 10;
  const younger = await topups.create(order());
  const listed = async (before: number) => (await topups.listOpen(before)).map(({ id }) => id);
  expect((await listed(begun)).at(-1)).toBe(older.id);
  expect((await listed(time.now)).slice(-2)).toEqual([older.id, younger.id]);
  await topups.move(older, 'failed');
  await topups.move(younger, 'pending');
  expect(await listed(time.now)).not.toContain(older.id);
  expect(await listed(time.now)).toContain(younger.id);
});

test('moving a record that does not exist is an error, not a new record', async () => {
  await expect(topups.move({ pool: 'p', id: 'nothing' }, 'open')).rejects.toMatchObject({ code: 'internal' });
  expect(await topups.read({ pool: 'p', id: 'nothing' })).toBeNull();
});
