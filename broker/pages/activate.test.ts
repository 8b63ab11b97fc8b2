import { describe, expect, it } from 'vitest';
import { hiddenFields, openBrowser, openPlugin, startSite, startTestRedis } from '../auth/test-site.ts';

const redis = await startTestRedis();
const now = { ms: Date.now() };
const site = await startSite(redis, { clock: () => now.ms });
const plugin = openPlugin(site);

let people = 0;

async function signedInBrowser() {
  const browser = openBrowser(site);
  await browser.signIn(`person-${++people}@example.com`);
  return browser;
}

describe('the confirm page', () => {
  it('sends people who are not signed in to sign in, and back with the code', async () => {
    const { headers } = await openBrowser(site).agent.get('/activate?user_code=BCDF-GHJK').expect(303);
    expect(headers.location).toBe('/sign-in?return_to=%2Factivate%3Fuser_code%3DBCDF-GHJK');
  });

  it('shows the code, who asks, from which device and when, and both buttons', async () => {
    const { agent } = await signedInBrowser();
    const figma =
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/138.0 Electron/37 Figma/126 Safari/537.36';
    const { body: started } = await plugin.start().set('User-Agent', figma);
    now.ms += 3 * 60_000;
    const { text } = await agent.get(`/activate?user_code=${started.user_code}`).expect(200);
    now.ms -= 3 * 60_000;
    for (const words of [
      started.user_code,
      'Inkpot for Figma',
      'Figma desktop app on macOS',
      '3 minutes ago',
      'see this code there',
      '>Allow<',
      '>Deny<',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('takes a code in small letters and without its dash', async () => {
    const { agent } = await signedInBrowser();
    const { body: started } = await plugin.start();
    const typed = started.user_code.toLowerCase().replace('-', ' ');
    const { text } = await agent.get(`/activate?user_code=${encodeURIComponent(typed)}`).expect(200);
    expect(text).toContain(started.user_code);
  });

  it('allows nothing without a click, however often it is opened', async () => {
    const { agent } = await signedInBrowser();
    const { body: started } = await plugin.start();
    await agent.get(`/activate?user_code=${started.user_code}`).expect(200);
    await agent.get(`/activate?user_code=${started.user_code}&decision=allow`).expect(200);
    expect((await plugin.poll(started.device_code)).body.error).toBe('authorization_pending');
  });

  it('says what to do about a code that is not waiting, and stops who tries many', async () => {
    const { agent } = await signedInBrowser();
    const answers = [];
    for (let n = 0; n < 11; n++) answers.push(await agent.get('/activate?user_code=BBBB-BBBB'));
    expect(answers[0]?.text).toContain('No sign-in is waiting under this code');
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
  });

  it('tells who has guessed too often nothing about a code that is waiting, and takes no decision on it', async () => {
    const { agent } = await signedInBrowser();
    const { body: started } = await plugin.start();
    const path = `/activate?user_code=${started.user_code}`;
    const form = hiddenFields((await agent.get(path)).text, '/activate');
    for (let n = 0; n < 10; n++) await agent.get('/activate?user_code=BBBB-BBBB').expect(404);
    await agent.get(path).expect(429);
    await agent
      .post('/activate')
      .type('form')
      .send({ ...form, decision: 'allow' })
      .expect(429);
    expect((await plugin.poll(started.device_code)).body.error).toBe('authorization_pending');
  });

  it('lets the first decision stand', async () => {
    const [one, other] = [await signedInBrowser(), await signedInBrowser()];
    const { body: started } = await plugin.start();
    const path = `/activate?user_code=${started.user_code}`;
    const forms = await Promise.all(
      [one, other].map(async ({ agent }) => hiddenFields((await agent.get(path)).text, '/activate')),
    );
    const answers = await Promise.all([
      one.agent
        .post('/activate')
        .type('form')
        .send({ ...forms[0], decision: 'allow' }),
      other.agent
        .post('/activate')
        .type('form')
        .send({ ...forms[1], decision: 'deny' }),
    ]);
    const said = answers.map(({ text }) => (text.includes('You are signed in') ? 'allowed' : 'denied'));
    expect(said[0]).toBe(said[1]);
    const { body } = await plugin.poll(started.device_code);
    expect('access_token' in body).toBe(said[0] === 'allowed');
  });

  it('takes a second click for the first one', async () => {
    const browser = await signedInBrowser();
    const { body: started } = await plugin.start();
    const path = `/activate?user_code=${started.user_code}`;
    const form = { ...hiddenFields((await browser.agent.get(path)).text, '/activate'), decision: 'allow' };
    const clicks = await Promise.all([1, 2].map(() => browser.agent.post('/activate').type('form').send(form)));
    for (const { status, text } of clicks) {
      expect(status).toBe(200);
      expect(text).toContain('You are signed in');
    }
    expect((await plugin.poll(started.device_code)).status).toBe(200);
    expect((await browser.agent.get(path)).text).toContain('You are signed in');
  });

  it('takes nothing but allow and deny', async () => {
    const browser = await signedInBrowser();
    const { body: started } = await plugin.start();
    const path = `/activate?user_code=${started.user_code}`;
    expect((await browser.submit(path, { decision: 'maybe' })).status).toBe(400);
    expect((await plugin.poll(started.device_code)).body.error).toBe('authorization_pending');
  });
});
