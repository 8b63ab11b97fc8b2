import express from 'express';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { pino } from 'pino';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { problemHandler } from '../http/problem.ts';
import { createLimits } from '../limits/limits.ts';
import { cors } from './cors.ts';
import { accountOf, createTokenGuard } from './guard.ts';
import { loadKeys } from './keys.ts';
import { startTestRedis } from './test-site.ts';

const redis = await startTestRedis();
const keys = await loadKeys(redis);
const publicUrl = 'https://inkpot.example';
const limits = createLimits(redis, { address: 1_000, account: 1_000, pool: 1_000 });
const stranger = await generateKeyPair('ES256');
const start = Date.parse('2026-11-22T12:00:00Z');

function startApi() {
  const now = { ms: start };
  const app = express();
  app.use('/v1', cors, createTokenGuard({ publicUrl, keys, limits, clock: () => now.ms }));
  app.get('/v1/me', (_req, res) => {
    res.json(accountOf(res));
  });
  app.use(problemHandler(pino({ level: 'silent' })));
  const call = (token?: string) => {
    const asked = request(app).get('/v1/me');
    return token === undefined ? asked : asked.set('Authorization', `Bearer ${token}`);
  };
  return { app, call, now };
}

interface Claims {
  readonly typ?: string;
  readonly iss?: string;
  readonly aud?: string;
  readonly scope?: string;
  readonly seconds?: number;
}

async function sign({ typ = 'at+jwt', seconds = 600, ...claims }: Claims = {}, key?: CryptoKey): Promise<string> {
  const [signing] = keys.jwks.keys;
  if (!signing) throw new Error('no signing key');
  const payload = {
    iss: `${publicUrl}/oauth`,
    aud: `${publicUrl}/v1`,
    sub: 'ada',
    name: 'Ada',
    scope: 'generate',
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ, kid: signing.kid })
    .setExpirationTime(start / 1000 + seconds)
    .sign(key ?? (await importJWK({ ...signing }, 'ES256')));
}

describe('the token guard', () => {
  it('lets a good token through and says whose it is', async () => {
    const { call } = startApi();
    const { body } = await call(await sign()).expect(200);
    expect(body).toEqual({ accountId: 'ada', name: 'Ada' });
  });

  it('asks for a token when there is none, without an error code (RFC 6750 §3)', async () => {
    const { call } = startApi();
    const { body, headers } = await call().expect(401);
    expect(body).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(headers['www-authenticate']).toBe('Bearer');
  });

  it.each<[string, () => Promise<string>]>([
    ['another issuer', () => sign({ iss: 'https://elsewhere.example' })],
    ['another audience', () => sign({ aud: `${publicUrl}/v2` })],
    ['another type', () => sign({ typ: 'JWT' })],
    ['another scope', () => sign({ scope: 'openid' })],
    ['another key', () => sign({}, stranger.privateKey)],
    ['an end in the past', () => sign({ seconds: -6 })],
    ['a changed byte', async () => `${(await sign()).slice(0, -4)}AAAA`],
    ['no signature', async () => `${b64({ alg: 'none', typ: 'at+jwt' })}.${(await sign()).split('.')[1]}.`],
    ['a secret that is our public key', async () => signedWithPublicKey()],
    ['no sense', async () => 'nonsense'],
  ])('refuses a token with %s', async (_what, token) => {
    const { call } = startApi();
    const { body, headers } = await call(await token()).expect(401);
    expect(body.code).toBe('unauthenticated');
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('remembers a token no longer than it is good', async () => {
    const { call, now } = startApi();
    const token = await sign();
    await call(token).expect(200);
    now.ms += 599_000;
    await call(token).expect(200);
    now.ms += 7_000;
    await call(token).expect(401);
  });

  it('takes any origin, without credentials and without cookies', async () => {
    const { app, call } = startApi();
    const preflight = await request(app)
      .options('/v1/me')
      .set('Origin', 'null')
      .set('Access-Control-Request-Method', 'GET')
      .set('Access-Control-Request-Headers', 'authorization, idempotency-key');
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': expect.stringContaining('idempotency-key'),
      'access-control-max-age': '600',
    });
    const { headers } = await call(await sign()).set('Origin', 'null');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-expose-headers']).toContain('retry-after');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(headers).not.toHaveProperty('set-cookie');
  });
});

describe('the keys', () => {
  it('are made once, also by two brokers that start at once', async () => {
    await redis.del('auth:keys');
    const [one, other] = await Promise.all([loadKeys(redis), loadKeys(redis)]);
    expect(other).toEqual(one);
    expect(await loadKeys(redis)).toEqual(one);
    expect(one.quoteKey).toHaveLength(32);
    expect(Buffer.from(one.quoteKey).toString('base64url')).not.toBe(one.cookieKeys[0]);
  });
});

function b64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The old confusion of an HMAC key with a public one (RFC 8725 §2.1). */
async function signedWithPublicKey(): Promise<string> {
  const { d: _private, ...publicKey } = keys.jwks.keys[0] ?? (await exportJWK(stranger.publicKey));
  const payload = { iss: `${publicUrl}/oauth`, aud: `${publicUrl}/v1`, sub: 'ada', scope: 'generate' };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setExpirationTime(start / 1000 + 600)
    .sign(new TextEncoder().encode(JSON.stringify(publicKey)));
}
