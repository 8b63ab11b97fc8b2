/** An error as Stripe answers it (docs.stripe.com/api/errors). */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly fault: { readonly type: string; readonly code?: string; readonly message: string; readonly param?: string };

  constructor(status: number, fault: StripeRefusal['fault']) {
    super(fault.message);
    this.status = status;
    this.fault = fault;
  }
}
