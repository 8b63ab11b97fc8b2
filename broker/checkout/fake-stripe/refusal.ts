/** An error as Stripe answers it (docs.stripe.com/api/errors). */
export interface StripeFault {
  readonly type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error';
  readonly code?: string;
  readonly message: string;
  readonly param?: string;
  /** Of a card error: the payment as it stands now. */
  readonly payment_intent?: object;
}

export class StripeRefusal extends Error {
  readonly status: number;
  readonly fault: StripeFault;

  constructor(status: number, fault: StripeFault) {
    super(fault.message);
    this.status = status;
    this.fault = fault;
  }
}

/** 400: what was asked for cannot be done. */
export function refused(message: string, more: Partial<Pick<StripeFault, 'code' | 'param'>> = {}): StripeRefusal {
  return new StripeRefusal(400, { type: 'invalid_request_error', message, ...more });
}
