import { z } from 'zod';
import { EVENT_TYPES } from './event-types.ts';
import type { Hint } from './payment-source.ts';

const types: ReadonlySet<string> = new Set(EVENT_TYPES);

const Moved = z.object({ object: z.enum(['charge', 'refund', 'dispute']), payment_intent: z.string().nullable() });

const About = z.discriminatedUnion('object', [
  z.object({ object: z.literal('checkout.session'), id: z.string() }),
  z.object({ object: z.literal('payment_intent'), id: z.string() }),
  Moved,
]);

/** The payment that a charge, a refund or a dispute is of. Null for any other source of a balance transaction. */
export function paymentOf(source: unknown): string | null {
  return Moved.safeParse(source).data?.payment_intent ?? null;
}

/** What an event is about: a session, or the payment of a charge, a refund or a dispute. Null for what is not ours to know. */
export function hintOf({
  type,
  data,
}: {
  readonly type: string;
  readonly data: { readonly object: object };
}): Hint | null {
  if (!types.has(type)) return null;
  const about = About.parse(data.object);
  if (about.object === 'checkout.session') return { kind: 'session', id: about.id };
  if (about.object === 'payment_intent') return { kind: 'payment', id: about.id };
  // A charge without a payment intent was made by another way than ours.
  return about.payment_intent === null ? null : { kind: 'payment', id: about.payment_intent };
}
