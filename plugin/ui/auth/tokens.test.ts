import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { StoredSession } from '../../../shared/bridge/kept.ts';
import { type FakeBroker, startFakeBroker } from '../../fake-broker/fake-broker.ts';
import { createOAuthClient } from './oauth-client.ts';
import { createTokens, type Vault } from './tokens.ts';

let broker: FakeBroker;

beforeAll(async () => {
  broker = await startFakeBroker();
});

afterAll(() => broker.close());

beforeEach(() => {
  broker.refreshTokens.clear();
  broker.requests.length = 0;
});

/** Figma's storage on one machine: every open file has the same. */
function createVault(session: StoredSession | null = null) {
  const vault = {
    session,
    isFull: false,
    read: async () => vault.session,
    async store(next: StoredSession | null) {
      if (vault.isFull) throw new Error('full');
      vault.session = next;
    },
  };
  return vault;
}

function signedInVault() {
  broker.refreshTokens.add('refresh_0');
  return createVault({ broker: broker.url, refreshToken: 'refresh_0' });
}

function open(vault: Vault) {
  const events: string[] = [];
  const clock = { now: Date.parse('2026-11-22T12:00:00Z') };
  const tokens = createTokens({
    brokerUrl: broker.url,
    oauth: createOAuthClient({ baseUrl: broker.url, fetch }),
    vault,
    now: () => clock.now,
    onEnd: () => events.push('ended'),
    onUnstored: () => events.push('unstored'),
  });
  return { tokens, events, clock };
}

const refreshes = () => broker.requests.filter(({ line }) => line === 'POST /oauth/token').length;

test('case 19: a new refresh token is stored before its access token is handed out', async () => {
  const vault = signedInVault();
  const order: string[] = [];
  const slow: Vault = {
    read: vault.read,
    async store(session) {
      await new Promise((resolve) => setImmediate(resolve));
      await vault.store(session);
      order.push('stored');
    },
  };
  const { tokens } = open(slow);
  await tokens.access().then(() => order.push('handed out'));
  expect(order).toEqual(['stored', 'handed out']);
  expect(broker.refreshTokens.has(vault.session?.refreshToken ?? '')).toBe(true);
});

test('case 19: two open files that refresh at once both stay signed in', async () => {
  const vault = signedInVault();
  let release: () => void = () => undefined;
  const firstHasRead = new Promise<void>((resolve) => {
    release = resolve;
  });
  // The first file has read the old token, and asks only when the second file has already replaced it.
  let reads = 0;
  const late: Vault = {
    store: vault.store,
    async read() {
      const session = await vault.read();
      reads += 1;
      if (reads === 1) await firstHasRead;
      return session;
    },
  };
  const first = open(late);
  const second = open(vault);
  const answer = first.tokens.access();
  await second.tokens.access();
  release();
  await answer;
  expect([...first.events, ...second.events]).toEqual([]);
  await expect(open(vault).tokens.access()).resolves.toBeTypeOf('string');
});

test('many callers at once cost one refresh', async () => {
  const { tokens } = open(signedInVault());
  const answers = await Promise.all([tokens.access(), tokens.access(), tokens.renew('an old one')]);
  expect(new Set(answers).size).toBe(1);
  expect(refreshes()).toBe(1);
});

test('an access token is used until half a minute before its end', async () => {
  const { tokens, clock } = open(signedInVault());
  const first = await tokens.access();
  clock.now += 569_000;
  expect(await tokens.access()).toBe(first);
  clock.now += 2_000;
  expect(await tokens.access()).not.toBe(first);
});

test('a refused access token is replaced once, whoever else was refused with it', async () => {
  const { tokens } = open(signedInVault());
  const refused = await tokens.access();
  const [one, two] = await Promise.all([tokens.renew(refused), tokens.renew(refused)]);
  expect(one).toBe(two);
  expect(one).not.toBe(refused);
  expect(refreshes()).toBe(2);
});

test('a sign-in that the broker has ended is forgotten, and said once', async () => {
  const vault = createVault({ broker: broker.url, refreshToken: 'revoked' });
  const { tokens, events } = open(vault);
  await expect(tokens.access()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(events).toEqual(['ended']);
  expect(vault.session).toBeNull();
});

test('a broker that cannot be reached ends no sign-in', async () => {
  const vault = signedInVault();
  const { tokens, events } = open(vault);
  broker.knobs.faults.push({ path: /openid-configuration/, fault: 'cut' });
  await expect(tokens.access()).rejects.toMatchObject({ kind: 'unreachable' });
  expect(events).toEqual([]);
  expect(vault.session).not.toBeNull();
  await expect(tokens.access()).resolves.toBeTypeOf('string');
});

test('a full storage costs the next run its sign-in, not this one', async () => {
  const vault = signedInVault();
  const { tokens, events, clock } = open(vault);
  vault.isFull = true;
  await tokens.access();
  expect(events).toEqual(['unstored']);
  clock.now += 600_000;
  vault.isFull = false;
  await tokens.access();
  expect(broker.refreshTokens.has(vault.session?.refreshToken ?? '')).toBe(true);
});

test('the sign-in of another broker is neither used nor touched', async () => {
  const other = { broker: 'https://other.example', refreshToken: 'theirs' };
  const vault = createVault(other);
  await expect(open(vault).tokens.access()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(vault.session).toEqual(other);
  expect(refreshes()).toBe(0);
});

test('signing out forgets the refresh token here and ends it at the broker', async () => {
  const vault = signedInVault();
  const { tokens } = open(vault);
  await tokens.access();
  await tokens.signOut();
  expect(vault.session).toBeNull();
  expect(broker.refreshTokens.size).toBe(0);
});

test('signing out while the token is renewed leaves no sign-in behind, here or at the broker', async () => {
  const vault = signedInVault();
  const oauth = createOAuthClient({ baseUrl: broker.url, fetch });
  let release: () => void = () => undefined;
  const signedOut = new Promise<void>((resolve) => {
    release = resolve;
  });
  let answered: () => void = () => undefined;
  const renewing = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const tokens = createTokens({
    brokerUrl: broker.url,
    oauth: {
      revoke: oauth.revoke,
      async token(fields) {
        const answer = await oauth.token(fields);
        answered();
        await signedOut;
        return answer;
      },
    },
    vault,
    now: () => 0,
    onEnd: () => undefined,
    onUnstored: () => undefined,
  });
  const renewal = tokens.access().catch((error: unknown) => error);
  await renewing;
  await tokens.signOut().catch(() => undefined);
  release();
  expect(await renewal).toMatchObject({ code: 'unauthenticated' });
  expect(vault.session).toBeNull();
  expect(tokens.current()).toBeNull();
  expect(broker.refreshTokens.size).toBe(0);
});
