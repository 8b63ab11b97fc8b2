import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { EntryPage, Pool, PoolList } from '../../shared/api/pools.ts';
import { millicredits } from '../../shared/credits.ts';
import { openPlugin, startSite, startTestRedis } from '../auth/test-site.ts';

const redis = await startTestRedis();
const site = await startSite(redis);
const plugin = openPlugin(site);

async function signedIn(email: string) {
  const account = await site.accounts.signIn(email);
  const { body: started } = await plugin.start();
  await site.auth.approval.decide(started.user_code, account.id, 'allow');
  const { body: tokens } = await plugin.poll(started.device_code);
  const [pool] = await site.pools.list(account.id);
  const get = (path: string) => plugin.callApi(tokens.access_token, path);
  return { account, poolId: pool?.id ?? '', get };
}

const ada = await signedIn('ada@example.com');
const eve = await signedIn('eve@example.com');

async function topUp(poolId: string, paymentId: string, amount: number) {
  const paid = { origin: 'paid', actor: 'checkout', reference: 'cs_1' } as const;
  await site.ledger.topup({ poolId, paymentId, amount: millicredits(amount), ...paid });
}

describe('pools', () => {
  it('are listed and read by their members, with the balance', async () => {
    await topUp(ada.poolId, 'pi_1', 200_000);
    const { body: list } = await ada.get('/v1/pools').expect(200);
    const balance = { available: 200_000, paid: 200_000, gift: 0, held: 0 };
    expect(PoolList.parse(list).pools).toEqual([
      { id: ada.poolId, name: 'Personal', status: 'active', role: 'owner', balance },
    ]);
    const { body: pool } = await ada.get(`/v1/pools/${ada.poolId}`).expect(200);
    expect(Pool.parse(pool).balance).toEqual(balance);
  });

  it.each(['', '/entries'])('of somebody else do not exist: /v1/pools/:id%s', async (rest) => {
    const { body } = await eve.get(`/v1/pools/${ada.poolId}${rest}`).expect(404);
    expect(body.code).toBe('not_found');
    const { body: never } = await eve.get(`/v1/pools/${'0'.repeat(26)}${rest}`).expect(404);
    expect(never.title).toBe(body.title);
    expect(never.detail).toBe(body.detail);
  });

  it.each(['%7Bx%7D', '..%2Fkeys', 'A:B', '*'])('are not named %s', async (id) => {
    await ada.get(`/v1/pools/${id}`).expect(404);
  });

  it('are not shown without a token', async () => {
    await plugin.callApi('', '/v1/pools').expect(401);
  });

  it('cannot be changed here', async () => {
    const { headers } = await request(site.app).post('/v1/pools').expect(405);
    expect(headers.allow).toBe('GET');
  });
});

describe('entries', () => {
  it('are paged, newest first, each with what was there before and after', async () => {
    const bob = await signedIn('bob@example.com');
    for (let n = 1; n <= 4; n++) await topUp(bob.poolId, `pi_${n}`, n * 1_000);

    const { body: first } = await bob.get(`/v1/pools/${bob.poolId}/entries?limit=3`).expect(200);
    const page = EntryPage.parse(first);
    expect(page.entries.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual(['5 topup', '4 topup', '3 topup']);
    expect(page.entries[0]).toMatchObject({
      operation: 'pi_4',
      amount: 4_000,
      before: { paid: 6_000 },
      after: { paid: 10_000 },
    });
    expect(page.next).toBe(3);

    const { body: second } = await bob.get(`/v1/pools/${bob.poolId}/entries?limit=3&before=${page.next}`).expect(200);
    expect(second.entries.map(({ seq, kind }: { seq: number; kind: string }) => `${seq} ${kind}`)).toEqual([
      '2 topup',
      '1 open',
    ]);
    expect(second.next).toBeNull();
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'before=0', 'before=1.5'])('are not paged by %s', async (query) => {
    const { body } = await ada.get(`/v1/pools/${ada.poolId}/entries?${query}`).expect(400);
    expect(body.code).toBe('invalid_request');
  });
});
