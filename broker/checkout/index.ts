import { Router } from 'express';
import type { Logger } from 'pino';
import type { WebSessions } from '../accounts/web-session.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Mailer } from '../mail/mail.ts';
import type { RedisClient } from '../redis/connect.ts';
import { createAutoTopup } from './auto-topup/index.ts';
import type { Keeper } from './auto-topup/keeper.ts';
import type { Nudges } from './auto-topup/nudges.ts';
import { checkoutRouter } from './checkout-router.tsx';
import type { OwnPools } from './own-pool.ts';
import type { PaymentAudit } from './payment-audit.ts';
import type { Reconciler } from './reconciler.ts';
import { createStripeTill, type StripeSettings } from './stripe-till.ts';
import { createTestPayments, readTestSecret } from './test-payments.ts';
import { createTill, type TillOptions } from './till.ts';
import type { TopupName } from './topup.ts';
import { createTopups } from './topups.ts';
import { createWebhook } from './webhook.ts';
import { webhookRouter } from './webhook-router.ts';

export type { Reconciler } from './reconciler.ts';

/** Where Stripe's hosted pages are: to pay, and the customer portal. */
const STRIPE_PAGES = ['https://checkout.stripe.com', 'https://billing.stripe.com'];

export interface CheckoutOptions {
  readonly redis: RedisClient;
  readonly ledger: TillOptions['ledger'] & Pick<Ledger, 'readPool' | 'readMember'>;
  readonly pools: OwnPools;
  /** Without it, development brokers offer a labelled test payment, and others no top-up. */
  readonly stripe: StripeSettings | null;
  readonly environment: 'development' | 'production';
  /** The broker's address as people reach it, without a slash at its end. */
  readonly publicUrl: string;
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
  /** Null where nobody can be mailed. */
  readonly mailer: Mailer | null;
  readonly alarms: Alarms;
  /** Which pools may be low; null where nobody tells: then auto top-up looks every minute. */
  readonly nudges: Nudges | null;
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
  /** The same for the daily comparison with what came and went. */
  readonly paymentAudit: PaymentAudit | null;
  /** The same for auto top-up. Null where there is none. */
  readonly autoTopup: Keeper | null;
}

/** Top-up from page to ledger: packs, payment sessions, the webhook, and the search for payments that it missed. */
export async function createCheckout(options: CheckoutOptions): Promise<Checkout> {
  const { redis, ledger, pools, stripe, environment, publicUrl, webSessions, mailer, nudges, clock, logger } = options;
  const room = { redis, ledger, alarms: options.alarms, clock, logger };
  const pages = { pools, webSessions, clock, logger };

  if (stripe) {
    const { payments, topups, settlement, reconciler, paymentAudit, cards } = createStripeTill({
      ...room,
      stripe,
      publicUrl,
    });
    const { livemode } = payments;
    const receive = createWebhook({ settlement, secrets: stripe.webhookSecrets, livemode, clock, logger });
    const mode = livemode ? 'live' : 'stripe_test';
    const formTargets = stripe.baseUrl ? [new URL(stripe.baseUrl).origin] : STRIPE_PAGES;
    const till = { source: payments, settlement };
    const router = Router();
    const charging = { redis, ledger, topups, settlement, mailer, nudges, publicUrl };
    const auto = cards && createAutoTopup({ ...pages, ...charging, cards, formTargets });
    const arrangements = auto?.arrangements ?? null;
    router.use(checkoutRouter({ ...pages, topups, payments: till, payTest: null, mode, formTargets, arrangements }));
    if (auto) router.use(auto.router);
    const autoTopup = auto?.keeper ?? null;
    return { router, webhookRouter: webhookRouter(receive), reconciler, paymentAudit, autoTopup };
  }

  if (environment === 'production') {
    const topups = createTopups(redis, clock);
    const closed = {
      payments: null,
      payTest: null,
      mode: 'not_configured',
      formTargets: [],
      arrangements: null,
    } as const;
    return {
      router: checkoutRouter({ ...pages, topups, ...closed }),
      webhookRouter: webhookRouter(null),
      reconciler: null,
      paymentAudit: null,
      autoTopup: null,
    };
  }

  const secret = await readTestSecret(redis);
  const source = createTestPayments(redis, secret, clock);
  const { topups, settlement, reconciler, paymentAudit } = createTill({ ...room, payments: source });
  const receive = createWebhook({ settlement, secrets: [secret], livemode: source.livemode, clock, logger });
  const payTest = (topup: TopupName) => source.pay(topup, receive);
  const till = { source, settlement };
  return {
    router: checkoutRouter({
      ...pages,
      topups,
      payments: till,
      payTest,
      mode: 'test_payment',
      formTargets: [],
      arrangements: null,
    }),
    webhookRouter: webhookRouter(receive),
    reconciler,
    paymentAudit,
    autoTopup: null,
  };
}
