import Stripe from 'stripe';
import type { FakeBalanceTransaction, FakeKind, FakeObjects } from './objects.ts';
import { StripeRefusal } from './refusal.ts';

const PREFIX: Readonly<Record<FakeKind, string>> = {
  customer: 'cus',
  payment_method: 'pm',
  'checkout.session': 'cs_test',
  payment_intent: 'pi',
  setup_intent: 'seti',
  charge: 'ch',
  refund: 're',
  dispute: 'dp',
  balance_transaction: 'txn',
  invoice: 'in',
  'billing_portal.session': 'bps',
  event: 'evt',
};

/** An event as it lies at Stripe: delivered when the test says so, as often as it says. */
export interface FakeEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

type Draft<Kind extends FakeKind> = Omit<FakeObjects[Kind], 'id' | 'object' | 'created' | 'livemode' | 'metadata'> & {
  readonly metadata?: Record<string, string> | undefined;
};

export type Store = ReturnType<typeof createStore>;

/** All objects of one Stripe account. */
export function createStore(options: {
  readonly livemode: boolean;
  readonly clock: () => number;
  readonly origin: () => string;
}) {
  const { livemode, clock, origin } = options;
  const maps: { readonly [Kind in FakeKind]: Map<string, FakeObjects[Kind]> } = {
    customer: new Map(),
    payment_method: new Map(),
    'checkout.session': new Map(),
    payment_intent: new Map(),
    setup_intent: new Map(),
    charge: new Map(),
    refund: new Map(),
    dispute: new Map(),
    balance_transaction: new Map(),
    invoice: new Map(),
    'billing_portal.session': new Map(),
    event: new Map(),
  };
  let serial = 0;

  function map<Kind extends FakeKind>(kind: Kind): Map<string, FakeObjects[Kind]> {
    return maps[kind];
  }

  function create<Kind extends FakeKind>(kind: Kind, draft: Draft<Kind>): FakeObjects[Kind] {
    serial += 1;
    const id = `${PREFIX[kind]}_${String(serial).padStart(6, '0')}`;
    const common = { id, object: kind, created: Math.floor(clock() / 1_000), livemode };
    const object = { ...common, ...draft, metadata: { ...draft.metadata } } as unknown as FakeObjects[Kind];
    map(kind).set(id, object);
    return object;
  }

  return {
    origin,
    clock,
    map,
    create,

    /** Money came in, or below zero went out, for an object. */
    book(source: string, reporting_category: FakeBalanceTransaction['reporting_category'], amount: number): void {
      const isDispute = reporting_category === 'dispute' || reporting_category === 'dispute_reversal';
      const type = isDispute ? 'adjustment' : reporting_category;
      const fee = reporting_category === 'charge' ? Math.round(amount * 0.029) + 30 : 0;
      const figures = { amount, fee, net: amount - fee, currency: 'usd', status: 'pending' } as const;
      create('balance_transaction', { ...figures, type, reporting_category, source });
    },

    /** @throws StripeRefusal 404 */
    find<Kind extends FakeKind>(kind: Kind, id: string): FakeObjects[Kind] {
      const object = map(kind).get(id);
      if (object) return object;
      const param = kind === 'checkout.session' ? 'session' : kind;
      throw new StripeRefusal(404, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        message: `No such ${kind}: '${id}'`,
        param,
      });
    },

    /** The newest first, as Stripe lists. */
    list<Kind extends FakeKind>(kind: Kind): FakeObjects[Kind][] {
      return [...map(kind).values()].reverse();
    },

    /** The object with this id, whatever it is. */
    resolve(id: string): object | undefined {
      return Object.values(maps)
        .map((objects) => objects.get(id))
        .find((object) => object !== undefined);
    },

    /** Something happened to an object: an event that shows it as it is at this moment. */
    happen(type: string, object: object): FakeEvent {
      const event = create('event', {
        api_version: Stripe.API_VERSION,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type,
        data: { object: structuredClone(object) },
      });
      return { id: event.id, type, body: JSON.stringify(event) };
    },
  };
}
