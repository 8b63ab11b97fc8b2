import type { Payer } from '../payment-source.ts';
import type { Topup } from '../topup.ts';
import type { StopReason } from './arrangement.ts';

/** A card that its owner allowed to be charged while they are away. */
export interface SavedCard {
  readonly id: string;
  /** What tells it from others: `Visa •••• 4242`. */
  readonly name: string;
}

/** A session in which a person saves a card, as it stands now. */
export type CardSetup =
  | { readonly state: 'open'; readonly url: string }
  | { readonly state: 'saved'; readonly card: SavedCard }
  | { readonly state: 'over' };

/** What became of a charge. */
export type ChargeState =
  | { readonly state: 'paid'; readonly payment: string }
  /** The bank has not answered yet. */
  | { readonly state: 'pending' }
  /** No money was taken, and none will be. */
  | {
      readonly state: 'refused';
      readonly reason: StopReason;
      /** What the operator needs to know, where it is theirs to put right. */
      readonly cause?: object;
    };

/** Saving cards and charging them, at Stripe. Every verb may be repeated. */
export interface SavedCards {
  /** Opens a session in which the payer saves a card; the same one for the same key. */
  openSetup(payer: Payer, email: string, key: string): Promise<{ id: string; url: string; customer: string }>;
  readSetup(setup: string): Promise<CardSetup>;
  /** What became of a charge that may have been made; null when none was. */
  find(topup: Topup): Promise<ChargeState | null>;
  /**
   * Charges the card that the record names, for the record's price: once, however often it is asked within a day.
   * @param email where the receipt goes.
   */
  charge(topup: Topup, email: string): Promise<ChargeState>;
  /** Makes a card useless for us. One that is gone already is left alone. */
  forget(card: string): Promise<void>;
}
