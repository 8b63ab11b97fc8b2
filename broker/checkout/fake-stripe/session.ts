import { z } from 'zod';

const Whole = z.string().regex(/^\d+$/).transform(Number);
const Metadata = z.record(z.string().max(40), z.string().max(500));

/** What `POST /v1/checkout/sessions` may say here; anything else is refused, as Stripe refuses what it does not know. */
export const CreateParams = z.strictObject({
  mode: z.literal('payment'),
  ui_mode: z.literal('hosted_page'),
  line_items: z
    .array(
      z.strictObject({
        quantity: Whole,
        price_data: z.strictObject({
          currency: z.literal('usd'),
          unit_amount: Whole,
          product_data: z.strictObject({ name: z.string().min(1), description: z.string().optional() }),
        }),
      }),
    )
    .min(1),
  client_reference_id: z.string().max(200).optional(),
  metadata: Metadata.optional(),
  payment_intent_data: z.strictObject({ metadata: Metadata }).optional(),
  customer_creation: z.enum(['always', 'if_required']).optional(),
  expires_at: Whole,
  success_url: z.url(),
  cancel_url: z.url().optional(),
});
export type CreateParams = z.infer<typeof CreateParams>;

export interface FakePaymentIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  currency: 'usd';
  status: 'succeeded' | 'processing' | 'requires_payment_method';
  livemode: boolean;
  metadata: Record<string, string>;
}

/** A checkout session as the API answers with it, as far as it is used. */
export interface FakeSession {
  id: string;
  object: 'checkout.session';
  mode: 'payment';
  ui_mode: 'hosted_page';
  status: 'open' | 'complete' | 'expired';
  payment_status: 'unpaid' | 'paid' | 'no_payment_required';
  payment_intent: FakePaymentIntent | null;
  amount_total: number;
  currency: 'usd';
  client_reference_id: string | null;
  metadata: Record<string, string>;
  payment_intent_metadata: Record<string, string>;
  success_url: string;
  created: number;
  expires_at: number;
  livemode: boolean;
  url: string | null;
}

export function newSession(
  id: string,
  params: CreateParams,
  origin: string,
  now: number,
  livemode: boolean,
): FakeSession {
  const amount = params.line_items.reduce((total, item) => total + item.quantity * item.price_data.unit_amount, 0);
  return {
    id,
    object: 'checkout.session',
    mode: 'payment',
    ui_mode: 'hosted_page',
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    amount_total: amount,
    currency: 'usd',
    client_reference_id: params.client_reference_id ?? null,
    metadata: params.metadata ?? {},
    payment_intent_metadata: params.payment_intent_data?.metadata ?? {},
    success_url: params.success_url,
    created: Math.floor(now / 1_000),
    expires_at: params.expires_at,
    livemode,
    url: `${origin}/c/pay/${id}`,
  };
}

/** The session as JSON: the payment intent by its id, or whole where the request has expanded it. */
export function toJson(session: FakeSession, expand: readonly string[]): object {
  const { payment_intent_metadata: _, payment_intent: intent, ...rest } = session;
  return { ...rest, payment_intent: expand.includes('payment_intent') ? intent : (intent?.id ?? null) };
}
