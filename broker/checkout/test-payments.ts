import { randomBytes } from 'node:crypto';
import Stripe from 'stripe';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { returnPath } from './open-session.ts';
import { type Charge, type PaymentSource, SESSION_LIFETIME_MS } from './payment-source.ts';
import type { TopupName } from './topup.ts';
import type { ReceiveEvent } from './webhook.ts';

const SECRET_KEY = 'test-payments:secret';

/** A test payment's session is of no use after its top-up is credited. */
const RETENTION_S = 35 * 24 * 3600;

const Session = z.object({
  id: z.string(),
  pool: z.string(),
  topup: z.string(),
  cents: z.number(),
  expiresAt: z.number(),
  paid: z.boolean(),
});
type Session = z.infer<typeof Session>;

/** The development broker's stand-in for Stripe: sessions that anybody may pay, without money. */
export interface TestPayments extends PaymentSource {
  /**
   * Pays a session: marks it, then delivers Stripe's event about it, really signed, as Stripe would.
   * @throws InkpotError `not_found` when there is no such session or its time is over.
   */
  pay(topup: TopupName, deliver: ReceiveEvent): Promise<void>;
}

/** The secret that signs this installation's test events: random, made once, kept in Redis. */
export async function readTestSecret(redis: RedisClient): Promise<string> {
  const fresh = `whsec_${randomBytes(32).toString('base64url')}`;
  const kept = await redis.set(SECRET_KEY, fresh, { condition: 'NX', GET: true });
  return kept ?? fresh;
}

export function createTestPayments(redis: RedisClient, secret: string, clock: () => number): TestPayments {
  async function find(sessionId: string): Promise<Session> {
    const kept = await redis.get(`test-payments:${sessionId}`);
    if (kept === null) throw new InkpotError('not_found', { detail: 'There is no such test payment.' });
    return Session.parse(JSON.parse(kept));
  }

  async function write(session: Session, condition: 'NX' | 'XX'): Promise<void> {
    const expiration = { type: 'EX', value: RETENTION_S } as const;
    await redis.set(`test-payments:${session.id}`, JSON.stringify(session), { condition, expiration });
  }

  return {
    livemode: false,

    async open({ id: topup, pool, cents, createdAt }) {
      const id = sessionIdOf(topup);
      await write({ id, pool, topup, cents, expiresAt: createdAt + SESSION_LIFETIME_MS, paid: false }, 'NX');
      // There is no page to pay on, so people go where Stripe would send them afterwards.
      return { id, url: returnPath({ pool, id: topup }) };
    },

    async readSession(sessionId) {
      const { id, pool, topup, paid, expiresAt } = await find(sessionId);
      const state = paid ? 'paid' : expiresAt <= clock() ? 'expired' : 'open';
      return { id, topup: { pool, id: topup }, state, payment: chargeOf(topup) };
    },

    async readPayment(paymentId) {
      const { pool, topup, paid } = await find(sessionIdOf(paymentId.slice(PAYMENT.length)));
      return { ...chargeOf(topup), topup: { pool, id: topup }, paid };
    },

    // No money came, so none goes back and nobody is invoiced.
    listReturns: () => Promise.resolve({ refunds: [], disputes: [] }),
    refund: () => Promise.resolve('test_payment'),
    receiptOf: () => Promise.resolve(null),
    hasPortal: () => Promise.resolve(false),
    openPortal: () => Promise.resolve(null),
    async *listSince() {
      // Every test payment is in the index of open top-ups until it is settled.
    },
    async *listMoved() {
      // Every test payment that was credited is in the index of those that are to be audited.
    },

    async pay({ id: topup, pool }, deliver) {
      const session = await find(sessionIdOf(topup));
      if (session.pool !== pool || (!session.paid && session.expiresAt <= clock())) {
        throw new InkpotError('not_found', { detail: 'This test payment is over.' });
      }
      await write({ ...session, paid: true }, 'XX');
      const payload = JSON.stringify(completedEvent(session, clock()));
      const timestamp = Math.floor(clock() / 1_000);
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
      await deliver(Buffer.from(payload), signature);
    },
  };
}

const PAYMENT = 'pi_test_';

function chargeOf(topup: string): Charge {
  return { id: `${PAYMENT}${topup}`, charged: 0, moved: false };
}

function sessionIdOf(topup: string): string {
  return `cs_test_${topup}`;
}

/** `checkout.session.completed`, as Stripe sends it (docs.stripe.com/api/events/object). */
function completedEvent({ id, pool, topup, cents }: Session, now: number) {
  const created = Math.floor(now / 1_000);
  return {
    id: `evt_test_${topup}`,
    object: 'event',
    api_version: Stripe.API_VERSION,
    created,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'checkout.session.completed',
    data: {
      object: {
        id,
        object: 'checkout.session',
        mode: 'payment',
        status: 'complete',
        payment_status: 'paid',
        payment_intent: `pi_test_${topup}`,
        client_reference_id: pool,
        currency: 'usd',
        amount_total: cents,
        livemode: false,
        metadata: { v: '1', topup, pool },
      },
    },
  };
}
