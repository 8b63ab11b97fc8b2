import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import Stripe from 'stripe';
import { createApi, type Fault } from './api.ts';
import { hostedPageRouter } from './hosted-page.ts';
import { offer } from './offer.ts';
import { createPayments } from './payments.ts';
import { createRefunds } from './refunds.ts';
import { StripeRefusal } from './refusal.ts';
import { createSessions } from './sessions.ts';
import { createSetups } from './setups.ts';
import { createStore, type FakeEvent } from './store.ts';

export type { FakeEvent } from './store.ts';

export interface FakeStripeOptions {
  readonly secretKey: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export type FakeStripe = Awaited<ReturnType<typeof startFakeStripe>>;

/**
 * The parts of Stripe that a top-up meets, with their state: customers, checkout sessions and a page that pays them,
 * payments, refunds, disputes, invoices, the portal, and signed events that arrive as the test likes. It speaks HTTP on
 * loopback, so the real client is tested against it.
 */
export async function startFakeStripe({ secretKey, clock }: FakeStripeOptions) {
  const faults: Fault[] = [];
  const requests: string[] = [];
  let draw: (request: string) => Fault | undefined = () => undefined;

  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const store = createStore({ livemode: secretKey.startsWith('sk_live_'), clock, origin: () => origin });
  const payments = createPayments(store);
  const sessions = createSessions(store, payments);
  const setups = createSetups(store, payments);
  const refunds = createRefunds(store);

  app.use((req, _res, next) => {
    requests.push(`${req.method} ${req.path}`);
    next();
  });
  const concealed = new Set<string>();
  const nextFault = (request: string) => faults.shift() ?? draw(request);
  const api = createApi({ secretKey, store, nextFault, isConcealed: (path) => concealed.has(path) });
  offer(api, { store, sessions, setups, payments, refunds });
  app.use('/v1', api.router);
  app.use(hostedPageRouter(store, sessions, setups));
  app.use(((error, _req, res, _next) => {
    if (error instanceof StripeRefusal) res.status(error.status).json({ error: error.fault });
    else res.status(500).json({ error: { type: 'api_error', message: String(error) } });
  }) satisfies ErrorRequestHandler);

  return {
    origin,
    /** What people and banks do. Each returns the event that says so, or the object it made. */
    ...sessions,
    ...refunds,
    saveOnPage: setups.saveOnPage,
    saveCard: payments.saveCard,
    setCard: payments.setCard,
    sessions: store.map('checkout.session'),
    customers: store.map('customer'),
    cards: store.map('payment_method'),
    intents: store.map('payment_intent'),
    charges: store.map('charge'),
    refunds: store.map('refund'),
    disputes: store.map('dispute'),
    portals: store.map('billing_portal.session'),
    /** Each request, `METHOD path`. */
    requests,

    /** All that happened after the first `after` events, oldest first, as bodies of webhooks. */
    events(after = 0): FakeEvent[] {
      const late = [...store.map('event').values()].slice(after);
      return late.map((event) => ({ id: event.id, type: event.type, body: JSON.stringify(event) }));
    },

    countEvents: () => store.map('event').size,

    /** From now on the list at this path, such as `/events`, shows nothing. */
    conceal: (path: string) => void concealed.add(path),

    /** The last event of a type. */
    lastEvent(type: string): FakeEvent {
      const event = this.events().findLast((one) => one.type === type);
      if (!event) throw new Error(`no ${type} has happened`);
      return event;
    },

    /** The next API requests meet these faults, one each. */
    failNext(...next: Fault[]): void {
      faults.push(...next);
    },

    /** From now on every API request (`METHOD path`) meets what `chance` says. */
    failWhen(chance: (request: string) => Fault | undefined): void {
      draw = chance;
    },

    /** The `Stripe-Signature` of an event under one or more secrets, as during their rotation. */
    sign(event: FakeEvent, secrets: readonly string[], at: number = clock()): string {
      const timestamp = Math.floor(at / 1_000);
      const headers = secrets.map((secret) =>
        Stripe.webhooks.generateTestHeaderString({ payload: event.body, secret, timestamp }),
      );
      return [`t=${timestamp}`, ...headers.map((header) => header.replace(/^t=\d+,/, ''))].join(',');
    },

    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
