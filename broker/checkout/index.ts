import type { Router } from 'express';
import type { Logger } from 'pino';
import type { WebSessions } from '../accounts/web-session.ts';
import type { Ledger } from '../ledger/index.ts';
import type { PaymentMode } from '../pages/checkout-page.tsx';
import type { RedisClient } from '../redis/connect.ts';
import { checkoutRouter, type OwnPools } from './checkout-router.tsx';
import type { PaymentSource } from './payment-source.ts';
import { createReconciler, type Reconciler } from './reconciler.ts';
import { createSettlement } from './settlement.ts';
import { createStripeClient } from './stripe-client.ts';
import { createStripePayments } from './stripe-payments.ts';
import { createTestPayments, readTestSecret, type TestPayments } from './test-payments.ts';
import type { TopupName } from './topup.ts';
import { createTopups } from './topups.ts';
import { createWebhook } from './webhook.ts';
import { webhookRouter } from './webhook-router.ts';

export type { Reconciler } from './reconciler.ts';

/** Where Stripe's hosted pages are. */
const STRIPE_PAGES = 'https://checkout.stripe.com';

export interface StripeSettings {
  readonly secretKey: string;
  /** One, or two while the endpoint's secret is being replaced. */
  readonly webhookSecrets: readonly string[];
  /** Another address of Stripe's API. */
  readonly baseUrl?: string | undefined;
}

export interface CheckoutOptions {
  readonly redis: RedisClient;
  readonly ledger: Pick<Ledger, 'topup'>;
  readonly pools: OwnPools;
  /** Without it, development brokers offer a labelled test payment, and others no top-up. */
  readonly stripe: StripeSettings | null;
  readonly environment: 'development' | 'production';
  /** The broker's address as people reach it, without a slash at its end. */
  readonly publicUrl: string;
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

export interface Checkout {
  /** The pages. */
  readonly router: Router;
  /** `POST /webhooks/stripe`: mount it before any body parser. */
  readonly webhookRouter: Router;
  /** Start it once the broker listens, stop it when it drains. Null where nothing can be paid. */
  readonly reconciler: Reconciler | null;
}

interface Cashier {
  readonly mode: PaymentMode;
  readonly source: PaymentSource;
  readonly secrets: readonly string[];
  readonly formTargets: readonly string[];
  readonly testPayments: TestPayments | null;
}

/** Top-up from page to ledger: packs, payment sessions, the webhook, and the search for payments that it missed. */
export async function createCheckout(options: CheckoutOptions): Promise<Checkout> {
  const { redis, ledger, pools, webSessions, clock, logger } = options;
  const topups = createTopups(redis, clock);
  const cashier = await createCashier(options);
  if (!cashier) {
    const shown = { topups, pools, payments: null, payTest: null, mode: 'not_configured', formTargets: [] } as const;
    const router = checkoutRouter({ ...shown, webSessions, clock, logger });
    return { router, webhookRouter: webhookRouter(null), reconciler: null };
  }

  const { mode, source, secrets, formTargets, testPayments } = cashier;
  const settle = createSettlement({ topups, ledger, payments: source, logger });
  const receive = createWebhook({ settle, secrets, livemode: source.livemode, clock, logger });
  const payTest = testPayments && ((topup: TopupName) => testPayments.pay(topup, receive));
  const payments = { source, settle };
  return {
    router: checkoutRouter({ topups, pools, payments, payTest, mode, formTargets, webSessions, clock, logger }),
    webhookRouter: webhookRouter(receive),
    reconciler: createReconciler({ topups, settle, clock, logger }),
  };
}

async function createCashier({
  redis,
  stripe,
  environment,
  publicUrl,
  clock,
}: CheckoutOptions): Promise<Cashier | null> {
  if (stripe) {
    const livemode = /^[sr]k_live_/.test(stripe.secretKey);
    return {
      mode: livemode ? 'live' : 'stripe_test',
      source: createStripePayments({ stripe: createStripeClient(stripe), livemode, publicUrl }),
      secrets: stripe.webhookSecrets,
      formTargets: [stripe.baseUrl ? new URL(stripe.baseUrl).origin : STRIPE_PAGES],
      testPayments: null,
    };
  }
  if (environment === 'production') return null;
  const secret = await readTestSecret(redis);
  const testPayments = createTestPayments(redis, secret, clock);
  return { mode: 'test_payment', source: testPayments, secrets: [secret], formTargets: [], testPayments };
}
