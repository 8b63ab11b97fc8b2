import type { Logger } from 'pino';
import Stripe from 'stripe';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import { hintOf } from './hint-of.ts';
import type { Settlement } from './settlement.ts';

/** How old a signature may be, in seconds; the replay of an older one is refused. */
const TOLERANCE_S = 300;

const Event = z.object({
  id: z.string(),
  type: z.string(),
  livemode: z.boolean(),
  data: z.object({ object: z.looseObject({}) }),
});

/** Takes one delivery: the body's exact bytes and the `Stripe-Signature` header. Resolves when it needs no other. */
export type ReceiveEvent = (body: Uint8Array, signature: string) => Promise<void>;

export interface WebhookOptions {
  readonly settlement: Settlement;
  /** Any of them may have signed, so that a secret can be replaced without losing an event. */
  readonly secrets: readonly string[];
  readonly livemode: boolean;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/**
 * Stripe's events, as hints: what counts is the state when it is read again, so late, double and reordered deliveries all
 * end the same (docs.stripe.com/checkout/fulfillment).
 *
 * @throws InkpotError `invalid_request` for a wrong or old signature, or the wrong mode; anything else means "deliver it
 *   again", which Stripe does for three days.
 */
export function createWebhook({ settlement, secrets, livemode, clock, logger }: WebhookOptions): ReceiveEvent {
  return async function receive(body, signature) {
    const event = Event.parse(verify(body, signature, secrets, clock()));
    if (event.livemode !== livemode) {
      throw new InkpotError('invalid_request', { detail: `This endpoint takes ${livemode ? 'live' : 'test'} events.` });
    }
    const hint = hintOf(event);
    if (!hint) return;
    const topup = await settlement[hint.kind](hint.id);
    logger.info({ event: event.id, type: event.type, ...hint, topup: topup?.id, state: topup?.state }, 'payment event');
  };
}

function verify(body: Uint8Array, signature: string, secrets: readonly string[], now: number): unknown {
  let refusal: unknown;
  for (const secret of secrets) {
    try {
      return Stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_S, undefined, now);
    } catch (error) {
      // The error holds the whole body, which is not for the log.
      refusal = error instanceof Error ? error.message.split('\n')[0] : 'no signature';
    }
  }
  throw new InkpotError('invalid_request', { detail: 'The signature does not match.', cause: refusal });
}
