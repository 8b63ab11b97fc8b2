import express, { type Request, Router } from 'express';
import Stripe from 'stripe';
import { z } from 'zod';
import { StripeRefusal } from './refusal.ts';
import { CreateParams, type FakeSession, toJson } from './session.ts';

/** What the next API request meets: an HTTP status, or the socket closed after the work is done. */
export type Fault = number | 'hang-up';

export interface ApiOptions {
  readonly secretKey: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  nextFault(): Fault | undefined;
  add(params: CreateParams): FakeSession;
  /** @throws StripeRefusal 404 */
  find(id: string): FakeSession;
}

/** `/v1/checkout/sessions`: create and retrieve, in the API version that Stripe's client is pinned to. */
export function apiRouter({ secretKey, clock, nextFault, add, find }: ApiOptions): Router {
  const idempotent = new Map<string, { readonly params: string; readonly answer: object }>();

  /** One key gives one session, and is refused with other parameters (docs.stripe.com/api/idempotent_requests). */
  function create(req: Request): object {
    const form = z.record(z.string(), z.unknown()).parse(req.body);
    const params = JSON.stringify(form);
    const key = req.get('Idempotency-Key') ?? '';
    const before = idempotent.get(key);
    if (before && before.params !== params) {
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first used with.';
      throw new StripeRefusal(400, { type: 'idempotency_error', message });
    }
    if (before) return before.answer;
    const answer = toJson(add(parse(form, clock())), []);
    if (key) idempotent.set(key, { params, answer });
    return answer;
  }

  const router = Router();
  router.use((req, _res, next) => {
    if (req.get('Authorization') !== `Bearer ${secretKey}`) {
      throw new StripeRefusal(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' });
    }
    if (req.get('Stripe-Version') !== Stripe.API_VERSION) {
      throw new StripeRefusal(400, { type: 'invalid_request_error', message: 'this stand-in speaks one API version' });
    }
    next();
  });

  router.post('/checkout/sessions', express.urlencoded({ extended: true }), (req, res) => {
    const fault = nextFault();
    if (typeof fault === 'number') throw onPurpose(fault);
    const answer = create(req);
    if (fault === 'hang-up') req.socket.destroy();
    else res.json(answer);
  });

  router.get('/checkout/sessions/:id', (req, res) => {
    const fault = nextFault();
    if (typeof fault === 'number') throw onPurpose(fault);
    const { searchParams } = new URL(req.originalUrl, 'http://localhost');
    const expand = [...searchParams].filter(([name]) => name.startsWith('expand')).map(([, value]) => value);
    res.json(toJson(find(req.params.id), expand));
  });
  return router;
}

function parse(form: object, now: number): CreateParams {
  const parsed = CreateParams.safeParse(form);
  if (!parsed.success) {
    const param = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new StripeRefusal(400, { type: 'invalid_request_error', message: parsed.error.message, param });
  }
  const fromNow = parsed.data.expires_at - Math.floor(now / 1_000);
  if (fromNow < 30 * 60 || fromNow > 24 * 3600) {
    const message = 'The `expires_at` timestamp must be between 30 minutes and 24 hours from now.';
    throw new StripeRefusal(400, { type: 'invalid_request_error', message, param: 'expires_at' });
  }
  return parsed.data;
}

function onPurpose(status: number): StripeRefusal {
  return new StripeRefusal(status, { type: 'api_error', message: 'a fault on purpose' });
}
