import fc from 'fast-check';
import { PACKS } from './packs.ts';

/** What a person does on the payment page, and their bank after it. */
const FATES = ['pays', 'bank says yes', 'bank says no', 'expires', 'walks away'] as const;

/** What promotions and taxes make of the price of $10, in cents: more, less, or nothing to pay. */
const CHANGES = [0, 0, 0, 190, -250, -333, -1_000] as const;

const act = <Name extends string>(name: Name) => ({ act: fc.constant(name) });
const Refund = fc.record({
  ...act('refund'),
  /** The part of what was charged, of 12. */
  twelfths: fc.constantFrom(1, 4, 6, 7, 12),
  status: fc.constantFrom('succeeded' as const, 'succeeded' as const, 'pending' as const),
});
const Answer = fc.record({
  ...act('answer about the last refund'),
  status: fc.constantFrom('succeeded' as const, 'failed' as const, 'canceled' as const),
});
const Dispute = fc.record({ ...act('dispute'), twelfths: fc.constantFrom(4, 12), inquiry: fc.boolean() });
const Move = fc.record({ ...act('move the last dispute'), choice: fc.nat(1) });

/** What becomes of a payment. What Stripe refuses at that moment does not happen. */
const Story = fc.oneof(
  fc.array(fc.oneof(Refund, Answer), { minLength: 1, maxLength: 2 }),
  fc.array(fc.oneof(Dispute, Move), { minLength: 1, maxLength: 5 }),
);
export type Act = typeof Story extends fc.Arbitrary<(infer T)[]> ? T : never;

/** The clock stands still within a tick. */
export const TICKS = 9;

const Purchase = fc.record({
  /** When the form is sent. */
  tick: fc.nat(2),
  pack: fc.constantFrom(...PACKS),
  doubleClick: fc.boolean(),
  change: fc.constantFrom(...CHANGES),
  fate: fc.constantFrom(...FATES, ...FATES.slice(0, 2), FATES[0]),
  /** In ticks: until they pay, if the session lasts so long. */
  thinks: fc.constantFrom(0, 0, 0, 1),
  /** In ticks: until the bank has answered. */
  bank: fc.integer({ min: 1, max: 3 }),
  /** One after the other, one act a tick. */
  stories: fc.array(Story, { maxLength: 2 }),
});
export type Purchase = typeof Purchase extends fc.Arbitrary<infer T> ? T : never;

/** What one pool lives through. */
const History = fc.record({
  purchases: fc.array(Purchase, { minLength: 1, maxLength: 2 }),
  /**
   * How each event is delivered, in turn: one number for each copy, the ticks until it arrives. No number: it is lost.
   */
  deliveries: fc.array(fc.array(fc.constantFrom(0, 0, 1, 2, 5), { maxLength: 2 }), { minLength: 1, maxLength: 7 }),
  /** Whether what arrives in one tick arrives at the same moment, or the newest first. */
  atOnce: fc.boolean(),
  /** When the person looks at the page that says what became of their purchases. */
  looks: fc.array(fc.nat(TICKS - 1), { maxLength: 1 }),
});
export type History = typeof History extends fc.Arbitrary<infer T> ? T : never;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Many pools at once, on one clock and with one reconciler. */
export const Batch = (size: number) =>
  fc.record({
    histories: fc.array(History, { minLength: size, maxLength: size }),
    /** The time between two ticks, in ms: together less than the 30 days for which Stripe tells its events. */
    pauses: fc.array(fc.constantFrom(MINUTE, 20 * MINUTE, 3 * HOUR, DAY, 3 * DAY), {
      minLength: TICKS,
      maxLength: TICKS,
    }),
    /** The ticks that end with a pass of the reconciler, beside the last. */
    passes: fc.uniqueArray(fc.nat(TICKS - 1), { minLength: 1, maxLength: 4 }),
    /** How what webhooks did not bring can be found: each way has to do alone. */
    found: fc.constantFrom('by all ways' as const, 'by events' as const, 'by sessions' as const),
  });
export type Batch = ReturnType<typeof Batch> extends fc.Arbitrary<infer T> ? T : never;
