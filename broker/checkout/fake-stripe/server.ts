import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import Stripe from 'stripe';
import { apiRouter, type Fault } from './api.ts';
import { hostedPageRouter } from './hosted-page.ts';
import { StripeRefusal } from './refusal.ts';
import { type FakePaymentIntent, type FakeSession, newSession, toJson } from './session.ts';

export interface FakeStripeOptions {
  readonly secretKey: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** An event as it lies at Stripe: delivered when the test says so, as often as it says. */
export interface FakeEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

export type FakeStripe = Awaited<ReturnType<typeof startFakeStripe>>;

/**
 * The parts of Stripe that a top-up meets: checkout sessions, a page that pays, and signed events that arrive as the
 * test likes. It speaks HTTP on loopback, so the real client is tested against it.
 */
export async function startFakeStripe({ secretKey, clock }: FakeStripeOptions) {
  const livemode = secretKey.startsWith('sk_live_');
  const sessions = new Map<string, FakeSession>();
  const faults: Fault[] = [];
  const requests: string[] = [];
  let serial = 0;

  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function nextId(prefix: string): string {
    serial += 1;
    return `${prefix}_${String(serial).padStart(6, '0')}`;
  }

  function find(id: string): FakeSession {
    const session = sessions.get(id);
    if (session?.status === 'open' && session.expires_at * 1_000 <= clock()) {
      session.status = 'expired';
      session.url = null;
    }
    if (session) return session;
    const message = `No such checkout.session: '${id}'`;
    throw new StripeRefusal(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message,
      param: 'session',
    });
  }

  function complete(id: string): FakeSession {
    const session = find(id);
    if (session.status !== 'open') throw new StripeRefusal(400, { type: 'invalid_request_error', message: 'not open' });
    session.status = 'complete';
    session.url = null;
    return session;
  }

  function intentOf(session: FakeSession, status: FakePaymentIntent['status']): FakePaymentIntent {
    const metadata = session.payment_intent_metadata;
    const amount = session.amount_total;
    return { id: nextId('pi'), object: 'payment_intent', amount, currency: 'usd', status, livemode, metadata };
  }

  function happen(type: string, session: FakeSession): FakeEvent {
    const id = nextId('evt');
    const event = {
      id,
      object: 'event',
      api_version: Stripe.API_VERSION,
      created: Math.floor(clock() / 1_000),
      livemode,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
      data: { object: toJson(session, []) },
    };
    return { id, type, body: JSON.stringify(event) };
  }

  /** A card pays: complete and paid at once. */
  function pay(sessionId: string): FakeEvent {
    const session = complete(sessionId);
    session.payment_intent = intentOf(session, 'succeeded');
    session.payment_status = 'paid';
    return happen('checkout.session.completed', session);
  }

  app.use((req, _res, next) => {
    requests.push(`${req.method} ${req.path}`);
    next();
  });
  const add = (params: Parameters<typeof newSession>[1]) => {
    const session = newSession(nextId('cs_test'), params, origin, clock(), livemode);
    sessions.set(session.id, session);
    return session;
  };
  app.use('/v1', apiRouter({ secretKey, clock, nextFault: () => faults.shift(), add, find }));
  app.use(hostedPageRouter({ find, pay }));
  app.use(((error, _req, res, _next) => {
    if (error instanceof StripeRefusal) res.status(error.status).json({ error: error.fault });
    else res.status(500).json({ error: { type: 'api_error', message: String(error) } });
  }) satisfies ErrorRequestHandler);

  return {
    origin,
    sessions,
    /** Each request, `METHOD path`. */
    requests,
    pay,

    /** The next API requests meet these faults, one each. */
    failNext(...next: Fault[]): void {
      faults.push(...next);
    },

    /** A promotion brings the price down before it is paid; to 0, where nothing is left to pay. */
    discount(sessionId: string, cents: number): void {
      const session = find(sessionId);
      session.amount_total = Math.max(0, session.amount_total - cents);
      if (session.amount_total === 0) session.payment_status = 'no_payment_required';
    },

    /** A session of a price of 0 is completed: there is no payment intent. */
    completeFree(sessionId: string): FakeEvent {
      return happen('checkout.session.completed', complete(sessionId));
    },

    /** A bank debit is agreed to: complete, but unpaid for days. */
    payLater(sessionId: string): FakeEvent {
      const session = complete(sessionId);
      session.payment_intent = intentOf(session, 'processing');
      return happen('checkout.session.completed', session);
    },

    /** The bank has answered about a debit. */
    settleLater(sessionId: string, outcome: 'succeeded' | 'failed'): FakeEvent {
      const session = find(sessionId);
      if (!session.payment_intent) throw new Error('nobody has agreed to pay this session');
      session.payment_intent.status = outcome === 'succeeded' ? 'succeeded' : 'requires_payment_method';
      if (outcome === 'succeeded') session.payment_status = 'paid';
      return happen(`checkout.session.async_payment_${outcome}`, session);
    },

    expire(sessionId: string): FakeEvent {
      const session = find(sessionId);
      session.status = 'expired';
      session.url = null;
      return happen('checkout.session.expired', session);
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
