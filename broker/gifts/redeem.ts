import type { Logger } from 'pino';
import type { Millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import { codeIdOf, readCode } from './code-text.ts';
import type { RedemptionName } from './gift-code.ts';
import type { GiftCodes, Refusal, Reservation } from './gift-codes.ts';

/** What came of a typed code. `NO_CODE`: a slip, told without looking. `USED`: this pool has had it before. */
export type Redeemed =
  | { readonly outcome: 'GIVEN'; readonly code: string; readonly credits: Millicredits }
  | { readonly outcome: Exclude<Refusal, 'EXPIRED'> | 'NO_CODE' | 'USED' }
  | { readonly outcome: 'EXPIRED'; readonly expiresAt: number };

export interface RedeemOptions {
  readonly codes: GiftCodes;
  readonly ledger: Pick<Ledger, 'topup'>;
  readonly logger: Logger;
}

export interface Redeem {
  readonly typed: string;
  readonly pool: string;
  readonly account: string;
  /** The form's own key: the same form again is the same redemption. */
  readonly order: string;
}

/**
 * Redeems a code for a pool. A repeat finishes what was begun: the redemption is counted before the credits come, and
 * the ledger gives them once under an id made of code and pool.
 *
 * @throws InkpotError `pool_frozen` when the pool was moved to another broker, and the code is not used up; `broker_busy` when the outcome is unknown: the same form finds out, and so does the finisher.
 */
export async function redeem(options: RedeemOptions, { typed, pool, account, order }: Redeem): Promise<Redeemed> {
  const { codes } = options;
  const symbols = readCode(typed);
  if (!symbols) return { outcome: 'NO_CODE' };
  const name = { code: codeIdOf(symbols), pool };
  const reservation = await codes.reserve(name, { state: 'taken', account, order });
  if (typeof reservation === 'string') {
    await codes.forget(name);
    if (reservation !== 'EXPIRED') return { outcome: reservation };
    return { outcome: reservation, expiresAt: (await codes.read(name.code))?.expiresAt ?? 0 };
  }
  const { credits, redemption } = reservation;
  await finish(options, name, reservation);
  const isOwn = redemption.state === 'taken' || redemption.order === order;
  return isOwn ? { outcome: 'GIVEN', code: name.code, credits } : { outcome: 'USED' };
}

/** Brings a redemption that was begun to its end; harmless when it is there. */
export async function finishRedemption(options: RedeemOptions, name: RedemptionName): Promise<void> {
  const { codes } = options;
  const [code, redemption] = await Promise.all([codes.read(name.code), codes.readRedemption(name)]);
  if (!code || !redemption) return codes.forget(name);
  await finish(options, name, { credits: code.credits, redemption });
}

async function finish(
  { codes, ledger, logger }: RedeemOptions,
  name: RedemptionName,
  { credits, redemption }: Reservation,
): Promise<void> {
  if (redemption.state === 'taken') {
    const { code } = await ledger.topup({
      poolId: name.pool,
      paymentId: `gift_${name.code}`,
      amount: credits,
      origin: 'gift',
      reference: `gift:${name.code}`,
      actor: redemption.account,
      memberId: redemption.account,
      unlessMoved: true,
    });
    if (code === 'CONFLICT') {
      throw new InkpotError('internal', { cause: `gift code ${name.code} was credited with another amount` });
    }
    if (code === 'MOVED') {
      await codes.giveBack(name);
      throw new InkpotError('pool_frozen', {
        detail: 'This pool was moved to another broker. The code was not used: redeem it for another pool.',
      });
    }
    // Only after the credit: a redemption that says `given` is never looked at again.
    await codes.confirm(name, redemption);
    logger.info({ code: name.code, pool: name.pool, credits, ledger: code }, 'gift code redeemed');
  }
  await codes.forget(name);
}
