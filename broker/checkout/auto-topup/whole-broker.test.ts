import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { credits } from '../../../shared/credits.ts';
import { createLedger } from '../../ledger/index.ts';
import { startTestBroker } from '../../testing/test-broker.ts';
import { startFakeStripe } from '../fake-stripe/server.ts';
import { createStripeTill } from '../stripe-till.ts';
import { createArrangements } from './arrangements.ts';

const secretKey = 'sk_test_of_a_whole_broker';
const stripe = await startFakeStripe({ secretKey, clock: Date.now });
const broker = await startTestBroker({
  STRIPE_SECRET_KEY: secretKey,
  STRIPE_WEBHOOK_SECRET: 'whsec_of_a_whole_broker',
  STRIPE_BASE_URL: stripe.origin,
});
afterAll(async () => {
  await broker.stop();
  await stripe.close();
});

test('a generation that takes a pool below its threshold has credits bought while it is still drawn', async () => {
  const { redis } = broker;
  const settings = { secretKey, webhookSecrets: [], baseUrl: stripe.origin, automaticTax: false };
  const alarms = { raise: async () => undefined };
  const room = { redis, ledger: createLedger(redis), alarms, clock: Date.now, logger: pino({ level: 'silent' }) };
  const { cards } = createStripeTill({ ...room, publicUrl: broker.url, stripe: settings });
  const arrangements = createArrangements(redis, Date.now);
  const ada = await broker.person(60);
  const payer = { pool: ada.poolId, account: ada.accountId };
  const price = { pack: 'credits-200', credits: credits(200), cents: 1_000, monthlyCents: 1_000 };
  await arrangements.agree({ ...payer, email: 'ada@example.com', terms: { threshold: credits(60), ...price } });
  const setup = await cards?.openSetup(payer, 'ada@example.com', 'key');
  await arrangements.setSetup(ada.poolId, setup?.id ?? '', setup?.customer ?? '');
  stripe.saveOnPage(setup?.id ?? '');

  // What a broker does not know it looks for when it starts, and then once a minute.
  await broker.restart();
  await expect.poll(async () => (await arrangements.read(ada.poolId))?.state).toBe('on');
  expect(stripe.intents.size).toBe(0);
  const size = { kind: 'pixels' as const, width: 1_024, height: 1_024 };
  await ada.generate('sketch', { prompt: 'rain', size, count: 1 });
  await expect.poll(() => ada.available()).toBeGreaterThan(credits(200));
  expect([...stripe.intents.values()]).toMatchObject([{ status: 'succeeded', amount: 1_000 }]);
});
