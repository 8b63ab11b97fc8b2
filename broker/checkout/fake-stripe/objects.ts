/** Stripe's objects as its API answers with them, as far as they are used. Ids of other objects are expanded on request. */
interface Common<Name extends string> {
  readonly id: string;
  readonly object: Name;
  /** Seconds since 1970. */
  readonly created: number;
  readonly livemode: boolean;
  metadata: Record<string, string>;
}

export interface FakeCustomer extends Common<'customer'> {
  email: string | null;
  name: string | null;
  invoice_settings: { default_payment_method: string | null };
}

export interface FakePaymentMethod extends Common<'payment_method'> {
  readonly type: 'card';
  customer: string | null;
  readonly card: { readonly brand: 'visa'; readonly last4: string; readonly exp_month: 12; readonly exp_year: 2034 };
}

export interface FakeSession extends Common<'checkout.session'> {
  readonly mode: 'payment' | 'setup';
  readonly ui_mode: 'hosted_page';
  status: 'open' | 'complete' | 'expired';
  payment_status: 'unpaid' | 'paid' | 'no_payment_required';
  payment_intent: string | null;
  setup_intent: string | null;
  customer: string | null;
  invoice: string | null;
  amount_total: number;
  readonly currency: 'usd';
  readonly client_reference_id: string | null;
  readonly success_url: string;
  readonly cancel_url: string | null;
  readonly expires_at: number;
  url: string | null;
  readonly allow_promotion_codes: boolean;
  readonly automatic_tax: { readonly enabled: boolean };
  readonly tax_id_collection: { readonly enabled: boolean };
  readonly invoice_creation: { readonly enabled: boolean };
}

export interface FakeSetupIntent extends Common<'setup_intent'> {
  readonly customer: string;
  readonly usage: 'off_session';
  status: 'requires_payment_method' | 'succeeded';
  payment_method: string | null;
}

export interface FakePaymentIntent extends Common<'payment_intent'> {
  amount: number;
  amount_received: number;
  readonly currency: 'usd';
  status: 'succeeded' | 'processing' | 'requires_payment_method' | 'requires_action' | 'canceled';
  customer: string | null;
  payment_method: string | null;
  latest_charge: string | null;
  readonly setup_future_usage: 'off_session' | null;
  readonly receipt_email: string | null;
  last_payment_error: { readonly code: string; readonly type: 'card_error' } | null;
}

export interface FakeCharge extends Common<'charge'> {
  readonly amount: number;
  amount_refunded: number;
  refunded: boolean;
  disputed: boolean;
  readonly currency: 'usd';
  readonly status: 'succeeded';
  readonly paid: true;
  readonly customer: string | null;
  readonly payment_intent: string;
  readonly receipt_url: string;
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'canceled';

export interface FakeRefund extends Common<'refund'> {
  readonly amount: number;
  readonly currency: 'usd';
  readonly charge: string;
  readonly payment_intent: string;
  readonly reason: string | null;
  status: RefundStatus;
}

export type DisputeStatus =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'appeal_under_review'
  | 'won'
  | 'lost';

export interface FakeDispute extends Common<'dispute'> {
  readonly amount: number;
  readonly currency: 'usd';
  readonly charge: string;
  readonly payment_intent: string;
  readonly reason: 'fraudulent';
  status: DisputeStatus;
}

export interface FakeBalanceTransaction extends Common<'balance_transaction'> {
  /** What came in, or below zero what went out, in cents. */
  readonly amount: number;
  readonly fee: number;
  readonly net: number;
  readonly currency: 'usd';
  readonly type: 'charge' | 'refund' | 'refund_failure' | 'adjustment';
  readonly reporting_category: 'charge' | 'refund' | 'refund_failure' | 'dispute' | 'dispute_reversal';
  readonly source: string;
  readonly status: 'pending';
}

export interface FakeInvoice extends Common<'invoice'> {
  readonly customer: string | null;
  readonly status: 'paid';
  readonly total: number;
  readonly hosted_invoice_url: string;
  readonly invoice_pdf: string;
}

export interface FakePortalSession extends Common<'billing_portal.session'> {
  readonly customer: string;
  readonly return_url: string;
  readonly url: string;
}

export interface FakeEventObject extends Common<'event'> {
  readonly api_version: string;
  readonly pending_webhooks: number;
  readonly request: { readonly id: null; readonly idempotency_key: null };
  readonly type: string;
  readonly data: { readonly object: object };
}

export interface FakeObjects {
  customer: FakeCustomer;
  payment_method: FakePaymentMethod;
  'checkout.session': FakeSession;
  payment_intent: FakePaymentIntent;
  setup_intent: FakeSetupIntent;
  charge: FakeCharge;
  refund: FakeRefund;
  dispute: FakeDispute;
  balance_transaction: FakeBalanceTransaction;
  invoice: FakeInvoice;
  'billing_portal.session': FakePortalSession;
  event: FakeEventObject;
}
export type FakeKind = keyof FakeObjects;
