import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const REDIS_URL = 'redis://127.0.0.1:6379';

test('an environment with only Redis is a development broker with the house tariff', () => {
  const config = readConfig({ REDIS_URL });
  expect(config).toMatchObject({
    mode: 'development',
    port: 8787,
    host: '127.0.0.1',
    sketch: true,
    tariff: { margin: 1.25, stepMillicredits: 100 },
    stripe: null,
    fal: null,
    smtp: null,
  });
});

test('every fault is named in one message', () => {
  expect(() => readConfig({ PORT: '99999', SMTP_URL: 'http://mail', INKPOT_MARGIN: '0.5' })).toThrow(
    /PORT[\s\S]*INKPOT_MARGIN[\s\S]*REDIS_URL is missing[\s\S]*SMTP_URL: must be an smtp/,
  );
});

test('a fault never repeats a value, since it may be a secret', () => {
  const secret = 'redis-password-in-the-wrong-place';
  expect(() => readConfig({ REDIS_URL: `mysql://${secret}` })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(secret) }),
  );
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ REDIS_URL, FAL_KEY: '', PORT: '' })).toMatchObject({ fal: null, port: 8787 });
});

test('a Stripe key without a webhook secret is refused, because its payments would never be credited', () => {
  expect(() => readConfig({ REDIS_URL, STRIPE_SECRET_KEY: 'sk_test_1' })).toThrow(/STRIPE_WEBHOOK_SECRET is missing/);
});

test('two webhook secrets are accepted while one replaces the other', () => {
  const config = readConfig({ REDIS_URL, STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_a, whsec_b' });
  expect(config.stripe?.webhookSecrets).toEqual(['whsec_a', 'whsec_b']);
});

test('a gap in the webhook secrets is a fault', () => {
  for (const STRIPE_WEBHOOK_SECRET of ['whsec_a,', ',', ' ']) {
    expect(() => readConfig({ REDIS_URL, STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET })).toThrow(
      /STRIPE_WEBHOOK_SECRET: must be/,
    );
  }
});

test('production needs its public https address and offers no built-in sketch unless told to', () => {
  expect(() => readConfig({ REDIS_URL, NODE_ENV: 'production' })).toThrow(/INKPOT_PUBLIC_URL is missing/);
  expect(() => readConfig({ REDIS_URL, INKPOT_ENV: 'production', INKPOT_PUBLIC_URL: 'http://x.example' })).toThrow(
    /https/,
  );
  const config = readConfig({ REDIS_URL, NODE_ENV: 'production', INKPOT_PUBLIC_URL: 'https://x.example/' });
  expect(config).toMatchObject({ mode: 'production', host: '0.0.0.0', sketch: false, publicUrl: 'https://x.example' });
});

test('the playground is for development only', () => {
  const production = { NODE_ENV: 'production', INKPOT_PUBLIC_URL: 'https://x.example' };
  expect(readConfig({ REDIS_URL, ...production, INKPOT_PLAYGROUND_DIR: '/p' }).playgroundDir).toBeUndefined();
});
