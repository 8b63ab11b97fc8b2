import { describe, expect, it } from 'vitest';
import { codeIn, hiddenFields, openBrowser, startSite, startTestRedis } from '../auth/test-site.ts';

const redis = await startTestRedis();
const site = await startSite(redis);

let people = 0;
const newAddress = () => `someone-${++people}@example.com`;

async function lastCode(): Promise<string> {
  const [mail] = await site.mailbox.list();
  return codeIn(mail?.subject);
}

function otherThan(code: string): string {
  return code === '000000' ? '111111' : '000000';
}

describe('signing in by an e-mailed code', () => {
  it('takes the address, then the code, and goes where the person wanted to', async () => {
    const browser = openBrowser(site);
    const away = await browser.agent.get('/activate?user_code=BCDF-GHJK').expect(303);
    expect(away.headers.location).toBe('/sign-in?return_to=%2Factivate%3Fuser_code%3DBCDF-GHJK');
    const done = await browser.signIn(newAddress(), away.headers.location);
    expect([done.status, done.headers.location]).toEqual([303, '/activate?user_code=BCDF-GHJK']);
    expect((await browser.agent.get('/')).text).toContain('0 credits');
  });

  it('keeps the session cookie from scripts and other sites, for 30 days', async () => {
    const browser = openBrowser(site);
    const done = await browser.signIn(newAddress());
    expect(String(done.headers['set-cookie'])).toMatch(
      /inkpot-session-8787=[\w-]{43}; Max-Age=2592000; Path=\/;.*HttpOnly; SameSite=Lax/,
    );
  });

  it('names its cookies __Host- over https', async () => {
    const secure = await startSite(redis, { publicUrl: 'https://inkpot.example' });
    const { headers } = await openBrowser(secure).agent.get('/sign-in');
    expect(String(headers['set-cookie'])).toMatch(
      /^__Host-inkpot-browser=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('answers the same for an address that has an account and one that has none', async () => {
    const known = newAddress();
    await openBrowser(site).signIn(known);
    const answers = await Promise.all(
      [known, newAddress()].map((email) => openBrowser(site).submit('/sign-in', { email })),
    );
    const [one, other] = answers.map(({ status, headers, text }) => ({ status, location: headers.location, text }));
    expect(one).toEqual({ status: 303, location: '/sign-in?step=code&return_to=%2F', text: other?.text });
    expect(other).toEqual(one);
  });

  it('takes a code with spaces around and within', async () => {
    const browser = openBrowser(site);
    await browser.submit('/sign-in', { email: newAddress() });
    const code = await lastCode();
    const done = await browser.submit('/sign-in?step=code', { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` });
    expect(done.status).toBe(303);
  });

  it('takes a code once', async () => {
    const browser = openBrowser(site);
    await browser.submit('/sign-in', { email: newAddress() });
    const code = await lastCode();
    const { text } = await browser.agent.get('/sign-in?step=code');
    const form = { ...hiddenFields(text, '/sign-in'), code };
    const both = await Promise.all([1, 2].map(() => browser.agent.post('/sign-in').type('form').send(form)));
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410]);
  });

  it('ends a code after five wrong tries, also when they come at once', async () => {
    const browser = openBrowser(site);
    await browser.submit('/sign-in', { email: newAddress() });
    const code = await lastCode();
    const { text } = await browser.agent.get('/sign-in?step=code');
    const form = hiddenFields(text, '/sign-in');
    const send = (typed: string) =>
      browser.agent
        .post('/sign-in')
        .type('form')
        .send({ ...form, code: typed });
    const first = await send(otherThan(code));
    expect(first.status).toBe(422);
    expect(first.text).toContain('You can try 4 times more.');
    await Promise.all(Array.from({ length: 4 }, () => send(otherThan(code))));
    expect((await send(code)).status).toBe(410);
  });

  it('ends a code after 10 minutes', async () => {
    const browser = openBrowser(site);
    await browser.submit('/sign-in', { email: newAddress() });
    const code = await lastCode();
    const { text } = await browser.agent.get('/sign-in?step=code');
    for (const key of await redis.keys('sign-in:*')) {
      const ttl = await redis.pTTL(key);
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(600_000);
      await redis.pExpire(key, 0);
    }
    const form = { ...hiddenFields(text, '/sign-in'), code };
    const late = await browser.agent.post('/sign-in').type('form').send(form);
    expect(late.status).toBe(410);
    expect(late.text).toContain('Ask for a new one');
  });

  it('takes a code in no other browser than the one that asked', async () => {
    const asking = openBrowser(site);
    const other = openBrowser(site);
    await asking.submit('/sign-in', { email: newAddress() });
    const code = await lastCode();
    await other.agent.get('/sign-in');
    expect((await other.submit('/sign-in', { code })).status).toBe(410);
    expect((await asking.submit('/sign-in?step=code', { code })).status).toBe(303);
  });

  it('keeps no code in Redis that a reader could find by trying all', async () => {
    const browser = openBrowser(site);
    await browser.submit('/sign-in', { email: newAddress() });
    const code = await lastCode();
    const [key = ''] = await redis.keys('sign-in:*');
    expect(Object.values(await redis.hGetAll(key))).not.toContain(code);
    const cookie = String((await openBrowser(site).agent.get('/sign-in')).headers['set-cookie']);
    const id = /=([\w-]{43});/.exec(cookie)?.[1] ?? '?';
    expect(await redis.keys(`*${id}*`)).toEqual([]);
  });

  it('limits how often one address is sent a code in production', async () => {
    const production = await startSite(redis, { environment: 'production' });
    await redis.del(await redis.keys('rl:sign-in-ip:*'));
    const email = newAddress();
    for (let n = 0; n < 5; n++) expect((await openBrowser(production).submit('/sign-in', { email })).status).toBe(303);
    const sixth = await openBrowser(production).submit('/sign-in', { email });
    expect(sixth.status).toBe(429);
    expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(0);
    expect(sixth.text).toContain('Too many requests');
  });

  it('limits how many codes one network address asks for in production', async () => {
    const production = await startSite(redis, { environment: 'production' });
    await redis.del(await redis.keys('rl:sign-in-ip:*'));
    const asked = [];
    for (let n = 0; n < 31; n++) asked.push(await openBrowser(production).submit('/sign-in', { email: newAddress() }));
    expect(asked.map(({ status }) => status)).toEqual([...Array.from({ length: 30 }, () => 303), 429]);
  });

  it.each(['', 'ada', 'ada@nowhere', 'a@b.example, c@d.example'])(
    'refuses %j as an address, in words',
    async (email) => {
      const refused = await openBrowser(site).submit('/sign-in', { email });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('Type your e-mail address');
    },
  );

  it('does not repeat markup that was typed', async () => {
    const { text } = await openBrowser(site).submit('/sign-in', { email: '"><script>alert(1)</script>' });
    expect(text).not.toContain('<script');
  });

  it('remembers where the person wanted to go when a code has to be asked for again', async () => {
    const browser = openBrowser(site);
    const asked = await browser.submit('/sign-in?return_to=%2Factivate', { email: newAddress() });
    const { text } = await browser.agent.get(asked.headers.location ?? '');
    expect(text).toContain('/sign-in?step=email&amp;return_to=%2Factivate');
    for (const key of await redis.keys('sign-in:*')) await redis.pExpire(key, 0);
    const form = { ...hiddenFields(text, '/sign-in'), code: await lastCode() };
    const late = await browser.agent.post('/sign-in').type('form').send(form);
    expect(hiddenFields(late.text, '/sign-in')).toMatchObject({ return_to: '/activate' });
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example'])('does not go on to %s', async (elsewhere) => {
    const browser = openBrowser(site);
    const page = `/sign-in?return_to=${encodeURIComponent(elsewhere)}`;
    expect((await browser.signIn(newAddress(), page)).headers.location).toBe('/');
    expect((await browser.agent.get(page).expect(303)).headers.location).toBe('/');
  });

  it('says so when the mail cannot be sent', async () => {
    const mailer = { send: () => Promise.reject(new Error('connection refused')) };
    const broken = await startSite(redis, { mailer });
    const answer = await openBrowser(broken).submit('/sign-in', { email: newAddress() });
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('The mail could not be sent');
    expect(answer.text).not.toContain('connection refused');
  });

  it('says so when production has no mail server', async () => {
    const mute = await startSite(redis, { mailer: null, environment: 'production' });
    const { status, text } = await openBrowser(mute).agent.get('/sign-in');
    expect(status).toBe(503);
    expect(text).toContain('Mail is not configured');
  });
});

describe('a web session', () => {
  it('gets a new id at each sign-in, and the old one is worth nothing', async () => {
    const browser = openBrowser(site);
    const first = sessionCookie(await browser.signIn(newAddress()));
    const { text } = await browser.agent.get('/');
    await browser.agent.post('/sign-out').type('form').send(hiddenFields(text, '/sign-out')).expect(303);
    const second = sessionCookie(await browser.signIn(newAddress()));
    expect(second).not.toBe(first);
    await openBrowser(site).agent.get('/').set('Cookie', second).expect(200);
    await openBrowser(site).agent.get('/').set('Cookie', first).expect(303);
  });

  it('ends on the server when the person signs out', async () => {
    const browser = openBrowser(site);
    const cookie = sessionCookie(await browser.signIn(newAddress()));
    const { text } = await browser.agent.get('/').expect(200);
    await browser.agent.post('/sign-out').type('form').send(hiddenFields(text, '/sign-out')).expect(303);
    await openBrowser(site).agent.get('/').set('Cookie', cookie).expect(303);
  });

  it('outlives a restart of the broker', async () => {
    const cookie = sessionCookie(await openBrowser(site).signIn(newAddress()));
    const restarted = await startSite(redis);
    await openBrowser(restarted).agent.get('/').set('Cookie', cookie).expect(200);
  });

  it('is not used by forms of other sites', async () => {
    const browser = openBrowser(site);
    await browser.signIn(newAddress());
    const stranger = openBrowser(site);
    const theirs = hiddenFields((await stranger.agent.get('/sign-in')).text, '/sign-in');
    for (const form of [{}, { form_token: '' }, { form_token: theirs.form_token }, { form_token: ['a', 'b'] }]) {
      for (const path of ['/sign-out', '/sign-in', '/activate']) {
        const { status } = await browser.agent.post(path).type('form').send(form);
        expect(status, path).toBe(403);
      }
    }
    await browser.agent.get('/').expect(200);
  });
});

describe('every page', () => {
  it('runs no script, is framed by nobody, cached by nobody, and names no address to other sites', async () => {
    const browser = openBrowser(site);
    await browser.signIn(newAddress());
    for (const path of ['/', '/activate', '/dev/mail', '/sign-in?step=email']) {
      const { headers } = await (path.startsWith('/sign-in') ? openBrowser(site) : browser).agent.get(path);
      expect(headers['content-security-policy'], path).toMatch(
        /^default-src 'none';style-src 'sha256-[\w+/=]{44}';img-src 'self' data:;form-action 'self';frame-ancestors 'none';base-uri 'none'$/,
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});

function sessionCookie({ headers }: { headers: Record<string, unknown> }): string {
  return /inkpot-session-8787=[\w-]{43}/.exec(String(headers['set-cookie']))?.[0] ?? '';
}
