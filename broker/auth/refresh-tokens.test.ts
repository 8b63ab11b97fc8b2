import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { allowedPlugin, startTestTime } from './test-sign-in.ts';
import { startSite, startTestRedis } from './test-site.ts';

const redis = await startTestRedis();
const { clock, pass } = startTestTime();

describe('refreshing', () => {
  it('replaces the refresh token each time', async () => {
    const { plugin, tokens } = await allowedPlugin(await startSite(redis, { clock }));
    const { status, body: fresh } = await plugin.refresh(tokens.refresh_token);
    expect(status).toBe(200);
    expect(fresh.refresh_token).not.toBe(tokens.refresh_token);
    await plugin.callApi(fresh.access_token).expect(200);
  });

  it('case 19: two open files that refresh the same token at once both stay signed in', async () => {
    const { plugin, tokens } = await allowedPlugin(await startSite(redis, { clock }));
    const both = await Promise.all([plugin.refresh(tokens.refresh_token), plugin.refresh(tokens.refresh_token)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);

    pass(29_000);
    expect((await plugin.refresh(tokens.refresh_token)).status).toBe(200);

    pass(600_000);
    for (const { body } of both) {
      const next = await plugin.refresh(body.refresh_token);
      expect(next.status).toBe(200);
      await plugin.callApi(next.body.access_token).expect(200);
    }
  });

  it('case 19: a refresh that died before its new token was stored can be made again at any time', async () => {
    const site = await startSite(redis, { clock });
    const { plugin, tokens } = await allowedPlugin(site);
    const upsertFails = vi.spyOn(redis, 'multi').mockImplementationOnce(() => {
      throw new Error('the broker died here');
    });
    expect((await plugin.refresh(tokens.refresh_token)).status).toBe(500);
    upsertFails.mockRestore();
    pass(3_600_000);
    expect((await plugin.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('takes a second use after 30 s for theft, and ends the whole sign-in', async () => {
    const { plugin, tokens } = await allowedPlugin(await startSite(redis, { clock }));
    const { body: fresh } = await plugin.refresh(tokens.refresh_token);
    pass(31_000);
    const reuse = await plugin.refresh(tokens.refresh_token);
    expect([reuse.status, reuse.body.error]).toEqual([400, 'invalid_grant']);
    expect((await plugin.refresh(fresh.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('ends after 90 days, however often the token was replaced', async () => {
    const { plugin, tokens } = await allowedPlugin(await startSite(redis, { clock }));
    const day = 86_400_000;
    pass(89 * day);
    const { body: late } = await plugin.refresh(tokens.refresh_token);
    expect(late).toHaveProperty('refresh_token');
    pass(day);
    expect((await plugin.refresh(late.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('ends when the plugin signs out', async () => {
    const { plugin, tokens } = await allowedPlugin(await startSite(redis, { clock }));
    expect((await plugin.revoke(tokens.refresh_token)).status).toBe(200);
    expect((await plugin.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('what Redis keeps', () => {
  it('opens nothing to who reads it: no device code, no token', async () => {
    const { plugin, tokens } = await allowedPlugin(await startSite(redis, { clock }));
    const { body: started } = await plugin.start();
    const kept = await dump();
    expect(kept).not.toContain(started.device_code);
    expect(kept).not.toContain(tokens.refresh_token);
    const hash = createHash('sha256').update(tokens.refresh_token).digest('base64url');
    expect(kept).toContain(hash);
    expect((await plugin.refresh(`hashed:${hash}`)).body.error).toBe('invalid_grant');
  });

  it('is gone by itself', async () => {
    await allowedPlugin(await startSite(redis, { clock }));
    for await (const keys of redis.scanIterator({ MATCH: 'oidc:*' })) {
      for (const key of keys) expect(await redis.pTTL(key), key).toBeGreaterThan(0);
    }
  });
});

/** Everything that a copy of Redis shows. */
async function dump(): Promise<string> {
  const lines: string[] = [];
  for await (const keys of redis.scanIterator()) {
    for (const key of keys) {
      const type = await redis.type(key);
      if (type === 'hash') lines.push(key, JSON.stringify(await redis.hGetAll(key)));
      else if (type === 'string') lines.push(key, (await redis.get(key)) ?? '');
      else if (type === 'set') lines.push(key, ...(await redis.sMembers(key)));
      else if (type === 'list') lines.push(key, ...(await redis.lRange(key, 0, -1)));
      else lines.push(key);
    }
  }
  return lines.join('\n');
}
