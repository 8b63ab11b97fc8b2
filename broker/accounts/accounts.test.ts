import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { startTestRedis } from '../auth/test-site.ts';
import { createLedger } from '../ledger/index.ts';
import { createPools } from '../pools/pools.ts';
import { createAccounts } from './accounts.ts';
import { EmailAddress } from './email-address.ts';
import { ownPath } from './return-to.ts';

const redis = await startTestRedis();
const ledger = createLedger(redis);
const pools = createPools({ redis, ledger });
const accounts = createAccounts({ redis, pools, clock: () => 1_795_348_800_000 });

describe('signing in', () => {
  it('makes an account with a personal pool of 0 credits the first time', async () => {
    const account = await accounts.signIn('ada@example.com');
    expect(account).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      email: 'ada@example.com',
      name: 'ada',
      createdAt: 1_795_348_800_000,
    });
    const [pool, ...others] = await pools.list(account.id);
    expect(others).toEqual([]);
    expect(pool).toMatchObject({
      name: 'Personal',
      status: 'active',
      role: 'owner',
      balance: { available: 0, paid: 0, gift: 0, held: 0 },
    });
  });

  it('finds the same account ever after', async () => {
    const first = await accounts.signIn('grace@example.com');
    expect(await accounts.signIn('grace@example.com')).toEqual(first);
    expect(await accounts.read(first.id)).toEqual(first);
    expect(await pools.list(first.id)).toHaveLength(1);
  });

  it('makes one account for any number of first sign-ins at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => accounts.signIn('rush@example.com')));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await pools.list(all[0]?.id ?? '')).toHaveLength(1);
  });

  it.each([0, 1, 2, 3, 4])('completes what a broker left that died after %i of its writes', async (writes) => {
    const email = `crash-${writes}@example.com`;
    const dying = dyingAfter(writes);
    const dyingPools = createPools({ redis: dying, ledger: createLedger(dying) });
    await createAccounts({ redis: dying, pools: dyingPools })
      .signIn(email)
      .catch(() => undefined);

    const account = await accounts.signIn(email);
    expect(await pools.list(account.id)).toHaveLength(1);
    expect(await accounts.signIn(email)).toEqual(account);
  });

  it('never shows an account before it has its pool', async () => {
    const dying = dyingAfter(3);
    const dyingPools = createPools({ redis: dying, ledger: createLedger(dying) });
    await expect(createAccounts({ redis: dying, pools: dyingPools }).signIn('half@example.com')).rejects.toThrow();
    const ids = JSON.parse((await redis.get(indexOf('half@example.com'))) ?? '{}');
    expect(await accounts.read(ids.accountId)).toBeUndefined();
  });

  it('knows nobody by an id that was never given out', async () => {
    expect(await accounts.read('nobody')).toBeUndefined();
  });
});

describe('an e-mail address', () => {
  it.each([
    [' Ada.Lovelace@Example.COM ', 'ada.lovelace@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ])('is folded: %s', (typed, address) => {
    expect(EmailAddress.parse(typed)).toBe(address);
  });

  it.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'a@b@c',
    'ada@example.com\nBcc: x@y.example',
    `${'a'.repeat(250)}@b.example`,
  ])('is refused: %j', (typed) => {
    expect(EmailAddress.safeParse(typed).success).toBe(false);
  });
});

describe('where to go after sign-in', () => {
  const base = 'https://inkpot.example';
  it.each(['/', '/activate?user_code=BCDF-GHJK', '/checkout?pool=01k&x=%2F%2F'])('keeps our own path %s', (path) => {
    expect(ownPath(path, base)).toBe(path);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    '/..//evil.example',
    '/.//evil.example',
    'evil.example',
    '',
    undefined,
    ['/a', '/b'],
    `/${'a'.repeat(2_000)}`,
  ])('goes home instead of to %j', (asked) => {
    expect(ownPath(asked, base)).toBe('/');
  });
});

const WRITES = new Set<PropertyKey>(['set', 'evalSha', 'eval', 'hSetNX', 'sAdd', 'multi']);

/** The same Redis, seen by a broker that dies after so many writes. */
function dyingAfter(writes: number): typeof redis {
  let left = writes;
  return new Proxy(redis, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (WRITES.has(name) && left-- <= 0) throw new InkpotError('internal');
        return Reflect.apply(member, target, args);
      };
    },
  });
}

function indexOf(email: string): string {
  return `em:${createHash('sha256').update(email).digest('base64url')}`;
}
