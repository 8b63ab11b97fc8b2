import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { allowedPlugin, signedInBrowser, startTestTime } from './test-sign-in.ts';
import { openBrowser, openPlugin, startSite, startTestRedis } from './test-site.ts';

const redis = await startTestRedis();
const { clock, pass } = startTestTime();

describe('starting a sign-in', () => {
  it('answers as RFC 8628 §3.2 says, with our own confirm page', async () => {
    const site = await startSite(redis, { clock });
    const response = await openPlugin(site).start();
    expect(response.status).toBe(200);
    expect(response.headers['access-control-allow-origin']).toBe('*');
    expect(response.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(response.headers).not.toHaveProperty('set-cookie');
    expect(response.body).toMatchObject({
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: 'http://localhost:8787/activate',
      verification_uri_complete: `http://localhost:8787/activate?user_code=${response.body.user_code}`,
      expires_in: 600,
      interval: 1,
    });
    expect(response.body.device_code.length).toBeGreaterThanOrEqual(43);
  });

  it('tells clients in production to wait 5 s between polls', async () => {
    const site = await startSite(redis, { clock, environment: 'production' });
    const { body } = await openPlugin(site).start();
    expect(body.interval).toBe(5);
  });
});

describe('polling', () => {
  it('is authorization_pending until the person decides, and slow_down when it comes too soon', async () => {
    const plugin = openPlugin(await startSite(redis, { clock }));
    const { body: started } = await plugin.start();
    const first = await plugin.poll(started.device_code);
    expect([first.status, first.body.error]).toEqual([400, 'authorization_pending']);
    const second = await plugin.poll(started.device_code);
    expect([second.status, second.body.error]).toEqual([400, 'slow_down']);
  });

  it('gives tokens for the API once, after Allow', async () => {
    const site = await startSite(redis, { clock });
    const plugin = openPlugin(site);
    const browser = await signedInBrowser(site);
    const { body: started } = await plugin.start();
    await plugin.poll(started.device_code);

    const page = await browser.agent.get(`/activate?user_code=${started.user_code}`);
    expect(page.text).toContain(started.user_code);
    const done = await browser.submit(`/activate?user_code=${started.user_code}`, { decision: 'allow' });
    expect(done.text).toContain('You are signed in');

    const { status, body: tokens, headers } = await plugin.poll(started.device_code);
    expect(status).toBe(200);
    expect(headers['cache-control']).toContain('no-store');
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'generate' });
    const [header, payload] = tokens.access_token.split('.').slice(0, 2).map(decode);
    expect(header).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    expect(payload).toMatchObject({
      iss: `${site.publicUrl}/oauth`,
      aud: `${site.publicUrl}/v1`,
      client_id: 'inkpot-figma',
    });

    const { body } = await plugin.callApi(tokens.access_token).expect(200);
    expect(body.pools).toHaveLength(1);

    const again = await plugin.poll(started.device_code);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('is access_denied after Deny', async () => {
    const site = await startSite(redis, { clock });
    const plugin = openPlugin(site);
    const browser = await signedInBrowser(site);
    const { body: started } = await plugin.start();
    const page = await browser.submit(`/activate?user_code=${started.user_code}`, { decision: 'deny' });
    expect(page.text).toContain('Denied');
    const { body } = await plugin.poll(started.device_code);
    expect(body.error).toBe('access_denied');
  });

  it('is expired_token after 10 minutes, and the confirm page says so', async () => {
    const site = await startSite(redis, { clock });
    const plugin = openPlugin(site);
    const browser = await signedInBrowser(site);
    const { body: started } = await plugin.start();
    pass(601_000);
    const { body } = await plugin.poll(started.device_code);
    expect(body.error).toBe('expired_token');
    const page = await browser.agent.get(`/activate?user_code=${started.user_code}`);
    expect(page.status).toBe(410);
    expect(page.text).toContain('This code has expired');
    expect(await site.auth.approval.decide(started.user_code, 'someone', 'allow')).toBe('expired');
  });

  it('refuses a bound device code without its verifier, and takes it with', async () => {
    const site = await startSite(redis, { clock });
    const plugin = openPlugin(site);
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const { body: started } = await plugin.start({ code_challenge: challenge, code_challenge_method: 'S256' });
    const account = await site.accounts.signIn('bound@example.com');
    await site.auth.approval.decide(started.user_code, account.id, 'allow');

    expect((await plugin.poll(started.device_code)).body.error).toBe('invalid_grant');
    expect((await plugin.poll(started.device_code, { code_verifier: 'wrong' })).body.error).toBe('invalid_grant');
    expect((await plugin.poll(started.device_code, { code_verifier: verifier })).status).toBe(200);
  });

  it('refuses a challenge that is not S256', async () => {
    const plugin = openPlugin(await startSite(redis, { clock }));
    const plain = await plugin.start({ code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' });
    expect([plain.status, plain.body.error]).toEqual([400, 'invalid_request']);
    expect((await plugin.start({ code_challenge: 'a'.repeat(43) })).status).toBe(400);
  });

  it('knows no other client and no other resource', async () => {
    const plugin = openPlugin(await startSite(redis, { clock }));
    expect((await plugin.start({ client_id: 'someone-else' })).body.error).toBe('invalid_client');
    expect((await plugin.start({ resource: 'https://elsewhere.example/v1' })).body.error).toBe('invalid_target');
  });
});

describe('a restart', () => {
  it('keeps every token good', async () => {
    const { tokens } = await allowedPlugin(await startSite(redis, { clock }));
    const plugin = openPlugin(await startSite(redis, { clock }));
    await plugin.callApi(tokens.access_token).expect(200);
    expect((await plugin.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('keeps a sign-in that waits for its person', async () => {
    const { body: started } = await openPlugin(await startSite(redis, { clock })).start();
    const site = await startSite(redis, { clock });
    const account = await site.accounts.signIn('patient@example.com');
    expect(await site.auth.approval.decide(started.user_code, account.id, 'allow')).toBe('allowed');
    expect((await openPlugin(site).poll(started.device_code)).status).toBe(200);
  });
});

describe('metadata', () => {
  it.each(['/oauth/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/oauth'])(
    'is at %s, with our public address whatever the Host',
    async (path) => {
      const site = await startSite(redis, { publicUrl: 'https://inkpot.example' });
      const { body, headers } = await openBrowser(site).agent.get(path).set('Host', 'evil.example').expect(200);
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(body).toMatchObject({
        issuer: 'https://inkpot.example/oauth',
        device_authorization_endpoint: 'https://inkpot.example/oauth/device/auth',
        token_endpoint: 'https://inkpot.example/oauth/token',
        revocation_endpoint: 'https://inkpot.example/oauth/token/revocation',
        jwks_uri: 'https://inkpot.example/oauth/jwks',
      });
      expect(body).not.toHaveProperty('authorization_endpoint');
    },
  );

  it('publishes public keys only', async () => {
    const site = await startSite(redis);
    const { body } = await openBrowser(site).agent.get('/oauth/jwks').expect(200);
    expect(body.keys).toEqual([expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })]);
    expect(body.keys[0]).not.toHaveProperty('d');
  });

  it("does not offer the library's own pages", async () => {
    const { agent } = openBrowser(await startSite(redis));
    for (const path of ['/oauth/device', '/oauth/auth', '/oauth/session/end']) await agent.get(path).expect(404);
  });
});

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
