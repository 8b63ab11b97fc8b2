import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { createAlarms } from '../alarms/alarms.ts';
import { createLedger } from '../ledger/index.ts';
import { poolKeys } from '../ledger/keys.ts';
import { aHold, fundedPool, heldPool, startTestLedger } from '../ledger/test-ledger.ts';
import type { Mail } from '../mail/mail.ts';
import { createChanges } from './changes.ts';
import { createFindings } from './findings.ts';
import { createAuditor } from './index.ts';
import { lookAt } from './look-at.ts';
import { walk } from './walk.ts';

const { ledger, redis } = await startTestLedger();
const logger = pino({ level: 'silent' });
const time = { now: Date.parse('2026-11-25T12:00:00Z') };
const clock = () => time.now;
const findings = createFindings(redis);
const metrics = { alarmRaised: () => undefined, poolAudited: () => undefined };

let mails: Mail[];
let look: Parameters<typeof lookAt>[0];
beforeEach(() => {
  mails = [];
  const mailer = { send: async (mail: Mail) => void mails.push(mail) };
  const publicUrl = 'https://inkpot.example';
  const alarms = createAlarms({ redis, metrics, mailer, operatorEmail: 'ops@example.com', publicUrl, logger });
  look = { redis, ledger, findings, alarms, metrics, logger, clock };
});

test('a sound pool is left alone', async () => {
  const { poolId } = await heldPool(ledger, 1_000, 400);
  expect(await lookAt(look, poolId)).toBe(true);
  expect([mails, await findings.read(poolId)]).toEqual([[], null]);
  expect(await ledger.readPool(poolId)).toMatchObject({ status: 'active', seq: 3 });
});

test.each<[string, (poolId: string) => Promise<unknown>]>([
  ['a member’s use', (poolId) => redis.hIncrBy(poolKeys(poolId).member('ada'), 'used', 7)],
  [
    'the balance, which the ledger itself then refuses to touch',
    (poolId) => redis.hIncrBy(poolKeys(poolId).pool, 'paid', 7),
  ],
  ['the number of the last entry', (poolId) => redis.hIncrBy(poolKeys(poolId).pool, 'seq', -1)],
])(
  'a pool is frozen when %s was changed by hand; the operator is mailed once, and has the evidence',
  async (_, damage) => {
    const pool = await fundedPool(ledger, { paid: 1_000 });
    const { poolId } = pool;
    const before = await redis.hGetAll(poolKeys(poolId).pool);
    await damage(poolId);
    const broken = await redis.hGetAll(poolKeys(poolId).pool);

    expect(await lookAt(look, poolId)).toBe(false);
    expect(await ledger.readPool(poolId)).toMatchObject({ status: 'frozen' });
    if (before.paid === broken.paid && before.seq === broken.seq) {
      expect(await ledger.hold(aHold(pool, 1))).toMatchObject({ code: 'FROZEN' });
    }
    expect(mails).toMatchObject([{ to: 'ops@example.com', subject: `Inkpot alarm: broken pool (${poolId})` }]);
    const finding = await findings.read(poolId);
    expect(finding).toMatchObject({ foundAt: time.now, alarmedAt: time.now, pool: { ...broken } });
    expect(finding?.violations.length).toBeGreaterThan(0);
    expect(finding?.entries.at(0)?.id).toBe('2-0');

    await redis.del(`alarm:broken_pool:${poolId}`);
    expect(await lookAt(look, poolId)).toBe(false);
    expect(mails, 'not even when an hour has passed').toHaveLength(1);
    expect((await findings.read(poolId))?.id).toBe(finding?.id);
  },
);

test('who died between the finding and the alarm is made up for', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 1_000 });
  await redis.hIncrBy(poolKeys(poolId).member('ada'), 'used', 7);
  const dying = { ...look, alarms: { raise: async () => Promise.reject(new Error('killed')) } };
  await expect(lookAt(dying, poolId)).rejects.toThrow('killed');
  expect(mails).toEqual([]);
  await lookAt(look, poolId);
  expect(mails).toHaveLength(1);
});

test('a pool that was mended and breaks again is told of again', async () => {
  const { poolId } = await fundedPool(ledger, { paid: 1_000 });
  const used = (by: number) => redis.hIncrBy(poolKeys(poolId).member('ada'), 'used', by);
  await used(7);
  await lookAt(look, poolId);
  await used(-7);
  expect(await lookAt(look, poolId)).toBe(true);
  expect(await findings.read(poolId)).toMatchObject({ soundAt: time.now });
  await ledger.thaw({ poolId, operationId: 'mended', why: 'mended', actor: 'operator' });

  await redis.del(`alarm:broken_pool:${poolId}`);
  await used(7);
  expect(await lookAt(look, poolId)).toBe(false);
  expect(await ledger.readPool(poolId)).toMatchObject({ status: 'frozen' });
  expect(mails).toHaveLength(2);
});

test('the walk over all pools is resumed where it was left, by one broker at a time, and rests until the next day', async () => {
  const pools = await Promise.all(Array.from({ length: 8 }, () => fundedPool(ledger)));
  const all = () => pools.map(({ poolId }) => poolId).toSorted();
  const visited: string[] = [];
  const dying = new AbortController();
  const visit = async (poolId: string) => {
    visited.push(poolId);
    if (visited.length === 5) dying.abort();
  };
  await redis.del('audit-walk');
  await Promise.all([walk({ redis, visit, clock }, dying.signal), walk({ redis, visit, clock }, dying.signal)]);
  expect(visited).toHaveLength(5);
  const { signal } = new AbortController();
  await walk({ redis, visit, clock }, signal);
  expect(visited, 'each once, in order').toEqual(visited.toSorted());
  expect(new Set(visited).size).toBe(visited.length);
  expect(visited).toEqual(expect.arrayContaining(all()));

  const done = visited.length;
  await walk({ redis, visit, clock }, signal);
  expect(visited).toHaveLength(done);
  time.now += 24 * 3_600_000;
  await walk({ redis, visit, clock }, signal);
  expect(visited).toHaveLength(2 * done);
});

test('what changed last is looked at first, and a busy pool hides no other', () => {
  const now = { ms: 1_000_000 };
  const changes = createChanges(() => now.ms);
  for (const poolId of ['a', 'b', 'busy', 'a']) changes.note(poolId);
  expect([changes.take(), changes.take()]).toEqual(['a', 'busy']);
  changes.note('busy');
  expect([changes.take(), changes.take()]).toEqual(['b', undefined]);
  now.ms += 60_000;
  expect(changes.take()).toBe('busy');
});

test('of pools that are busy all the time, each has its turn, however long a look takes', () => {
  const now = { ms: 1_000_000 };
  const changes = createChanges(() => now.ms);
  const busy = ['a', 'b', 'c'];
  const looks = Array.from({ length: 9 }, () => {
    for (const poolId of busy) changes.note(poolId);
    now.ms += 90_000;
    return changes.take();
  });
  for (const poolId of busy)
    expect(
      looks.filter((look) => look === poolId),
      poolId,
    ).toHaveLength(3);
});

test('the running auditor finds a pool that breaks under load, and none that does not', async () => {
  const changes = createChanges(clock);
  const watched = createLedger(redis, changes.note);
  const pace = { idle: 5, walk: 50, ease: 0 };
  const auditor = createAuditor({ ...look, changes, pace });
  const pools = await Promise.all(Array.from({ length: 6 }, () => fundedPool(watched, { paid: 10_000 })));
  const [victim] = pools;
  const keys = poolKeys(victim?.poolId ?? '');
  let traffic = true;
  const users = pools.flatMap((pool) =>
    Array.from({ length: 3 }, async () => {
      while (traffic) {
        const command = aHold(pool, 2);
        const { code } = await watched.hold(command);
        if (code !== 'OK') return;
        const { generationId } = command;
        await watched.capture({ ...pool, generationId, actual: millicredits(1), reference: 'job', actor: 'worker' });
        time.now += 1_000;
        // As busy as pools are, and not as fast as the machine can: the logs would outgrow the auditor's reading.
        await sleep(5);
      }
    }),
  );
  auditor.start();
  await expect.poll(async () => (await ledger.readPool(victim?.poolId ?? ''))?.seq).toBeGreaterThan(100);
  expect(mails).toEqual([]);
  await redis.hIncrBy(keys.member('ada'), 'used', 1);
  await expect.poll(() => mails.length, { timeout: 20_000 }).toBe(1);
  traffic = false;
  await Promise.all(users);
  await auditor.stop();
  expect(mails).toMatchObject([{ subject: `Inkpot alarm: broken pool (${victim?.poolId})` }]);
  const standings = await Promise.all(pools.map(({ poolId }) => ledger.readPool(poolId)));
  expect(standings.map((pool) => pool?.status)).toEqual(['frozen', ...pools.slice(1).map(() => 'active')]);
}, 60_000);
