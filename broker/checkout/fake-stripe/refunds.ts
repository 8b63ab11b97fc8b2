import type { DisputeStatus, FakeCharge, FakeDispute, FakeRefund, RefundStatus } from './objects.ts';
import { refused } from './refusal.ts';
import type { FakeEvent, Store } from './store.ts';

export interface RefundDraft {
  /** All that is left when absent. */
  readonly amount?: number | undefined;
  readonly status?: 'succeeded' | 'pending';
  readonly reason?: string | undefined;
  readonly metadata?: Record<string, string> | undefined;
}

/** The money stayed with the merchant. */
const STAYED: ReadonlySet<DisputeStatus> = new Set(['won', 'warning_closed']);

/** Refunds and disputes: how money goes back after it was paid. */
export function createRefunds(store: Store) {
  function chargeOf(intentId: string): FakeCharge {
    const { latest_charge } = store.find('payment_intent', intentId);
    if (!latest_charge) throw refused('This payment has no successful charge.', { param: 'payment_intent' });
    return store.find('charge', latest_charge);
  }

  function change(charge: FakeCharge, amount: number): void {
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount;
  }

  function withdraw(dispute: FakeDispute): FakeEvent {
    store.book(dispute.id, 'dispute', -dispute.amount);
    return store.happen('charge.dispute.funds_withdrawn', dispute);
  }

  return {
    /** Money goes back to the card. @throws StripeRefusal 400 when there is not so much left, or a dispute has taken it. */
    refund(intentId: string, { amount, status = 'succeeded', reason, metadata }: RefundDraft = {}): FakeRefund {
      const charge = chargeOf(intentId);
      const left = charge.amount - charge.amount_refunded;
      if (charge.disputed) throw refused('The charge is disputed.', { code: 'charge_disputed' });
      if (left === 0) throw refused('The charge has been refunded.', { code: 'charge_already_refunded' });
      if ((amount ?? left) > left || amount === 0) throw refused('The amount is not left.', { param: 'amount' });
      const refund = store.create('refund', {
        amount: amount ?? left,
        currency: 'usd',
        charge: charge.id,
        payment_intent: intentId,
        reason: reason ?? null,
        status,
        metadata,
      });
      change(charge, refund.amount);
      store.book(refund.id, 'refund', -refund.amount);
      store.happen('refund.created', refund);
      store.happen('charge.refunded', charge);
      return refund;
    },

    /** The bank has answered about a refund; one that fails, even after it had succeeded, leaves the money with the merchant. */
    settleRefund(id: string, status: Exclude<RefundStatus, 'pending'>): FakeEvent {
      const refund = store.find('refund', id);
      const stood = refund.status === 'pending' || refund.status === 'succeeded';
      refund.status = status;
      if (stood && status !== 'succeeded') {
        change(store.find('charge', refund.charge), -refund.amount);
        store.book(refund.id, 'refund_failure', refund.amount);
      }
      store.happen('refund.updated', refund);
      return store.happen(status === 'failed' ? 'refund.failed' : 'charge.refund.updated', refund);
    },

    /** The cardholder's bank asks, or takes the money back. */
    dispute(intentId: string, { amount, inquiry = false }: { amount?: number; inquiry?: boolean } = {}): FakeDispute {
      const charge = chargeOf(intentId);
      charge.disputed = true;
      const dispute = store.create('dispute', {
        amount: amount ?? charge.amount - charge.amount_refunded,
        currency: 'usd',
        charge: charge.id,
        payment_intent: intentId,
        reason: 'fraudulent',
        status: inquiry ? 'warning_needs_response' : 'needs_response',
      });
      store.happen('charge.dispute.created', dispute);
      if (!inquiry) withdraw(dispute);
      return dispute;
    },

    moveDispute(id: string, status: DisputeStatus): FakeEvent {
      const dispute = store.find('dispute', id);
      const wasInquiry = dispute.status.startsWith('warning_');
      dispute.status = status;
      if (wasInquiry && status === 'needs_response') return withdraw(dispute);
      if (status === 'won') {
        store.book(dispute.id, 'dispute_reversal', dispute.amount);
        store.happen('charge.dispute.funds_reinstated', dispute);
      }
      const over = status === 'won' || status === 'lost' || status === 'warning_closed';
      // A charge whose disputes were won can be refunded again.
      const ofCharge = store.list('dispute').filter(({ charge }) => charge === dispute.charge);
      store.find('charge', dispute.charge).disputed = ofCharge.some((one) => !STAYED.has(one.status));
      return store.happen(over ? 'charge.dispute.closed' : 'charge.dispute.updated', dispute);
    },
  };
}
