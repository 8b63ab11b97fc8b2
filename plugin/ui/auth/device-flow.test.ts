import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeBroker, startFakeBroker } from '../../fake-broker/fake-broker.ts';
import { startDeviceFlow } from './device-flow.ts';
import { createOAuthClient } from './oauth-client.ts';

let broker: FakeBroker;

beforeAll(async () => {
  broker = await startFakeBroker();
});

afterAll(() => broker.close());

beforeEach(() => {
  broker.knobs.device = 'authorization_pending';
  broker.requests.length = 0;
});

/** The example of RFC 7636, appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** A clock that passes as fast as it is waited for; `script` sets how each next poll is answered. */
async function start(script: (FakeBroker['knobs']['device'] | 'cut')[]) {
  const waits: number[] = [];
  let now = Date.parse('2026-11-22T12:00:00Z');
  const signIn = await startDeviceFlow({
    oauth: createOAuthClient({ baseUrl: broker.url, fetch }),
    now: () => now,
    verifier: () => VERIFIER,
    async wait(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms / 1000);
      now += ms;
      const answer = script.shift() ?? 'authorization_pending';
      if (answer === 'cut') broker.knobs.faults.push({ path: /oauth\/token/, fault: 'cut' });
      else broker.knobs.device = answer;
    },
  });
  return { signIn, waits };
}

const fieldsOf = (line: string) =>
  Object.fromEntries(new URLSearchParams(broker.requests.find((request) => request.line === line)?.body));

test('a sign-in shows its code and its page, and ends with tokens', async () => {
  const { signIn, waits } = await start(['authorization_pending', 'approved']);
  expect(signIn).toMatchObject({ userCode: 'WDJB-MJHT', url: `${broker.url}/activate?user_code=WDJB-MJHT` });
  expect(signIn.expiresAt).toBe(Date.parse('2026-11-22T12:10:00Z'));
  const answer = await signIn.tokens(new AbortController().signal);
  expect(answer).toMatchObject({ expires_in: 600, refresh_token: expect.stringMatching(/^refresh_/) });
  expect(waits).toEqual([5, 5]);
});

test('the device code is bound to this panel by a S256 challenge', async () => {
  const { signIn } = await start(['approved']);
  await signIn.tokens(new AbortController().signal);
  expect(fieldsOf('POST /oauth/device/auth')).toEqual({
    client_id: 'inkpot-figma',
    scope: 'openid offline_access',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  expect(fieldsOf('POST /oauth/token')).toMatchObject({
    client_id: 'inkpot-figma',
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    code_verifier: VERIFIER,
  });
});

test('slow_down adds five seconds for good, and a silent server doubles the wait', async () => {
  const { signIn, waits } = await start(['slow_down', 'authorization_pending', 'cut', 'cut', 'approved']);
  await signIn.tokens(new AbortController().signal);
  expect(waits).toEqual([5, 10, 10, 20, 40]);
});

test('a refusal ends it', async () => {
  const { signIn } = await start(['access_denied']);
  await expect(signIn.tokens(new AbortController().signal)).rejects.toMatchObject({ code: 'access_denied' });
});

test('an expired code ends it, whether the server says so or the clock', async () => {
  const told = await start(['expired_token']);
  await expect(told.signIn.tokens(new AbortController().signal)).rejects.toMatchObject({ code: 'expired_token' });
  const counted = await start([]);
  await expect(counted.signIn.tokens(new AbortController().signal)).rejects.toMatchObject({ code: 'expired_token' });
  expect(counted.waits).toHaveLength(120);
});

test('giving up stops the polling', async () => {
  const { signIn } = await start([]);
  const attempt = new AbortController();
  attempt.abort(new Error('given up'));
  await expect(signIn.tokens(attempt.signal)).rejects.toThrow('given up');
  expect(broker.requests.filter(({ line }) => line === 'POST /oauth/token')).toEqual([]);
});
