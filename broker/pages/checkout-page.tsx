import type { Pool } from '../../shared/api/pools.ts';
import { credits, formatCredits, formatUsd } from '../../shared/credits.ts';
import type { WebSession } from '../accounts/web-session.ts';
import type { Arrangement } from '../checkout/auto-topup/arrangement.ts';
import { stopWords } from '../checkout/auto-topup/stopped-mail.ts';
import { CUSTOM, formatPrice, LEAST_CENTS, MOST_CENTS, type Pack } from '../checkout/packs.ts';
import { FormToken, Notice, TextField } from './form.tsx';
import { Layout } from './layout.tsx';
import { PackChoice } from './pack-choice.tsx';

/** What paying means on this broker: real money, Stripe's test mode, our own test payment, or nothing at all. */
export type PaymentMode = 'live' | 'stripe_test' | 'test_payment' | 'not_configured';

export interface CheckoutPageProps {
  readonly session: WebSession;
  readonly pool: Pool;
  readonly packs: readonly Pack[];
  /** The id of the pack that is chosen, or {@link CUSTOM}. */
  readonly chosen: string;
  /** What stands in the field for another amount. */
  readonly amount: string;
  readonly mode: PaymentMode;
  /** Makes a second click of the same form the same purchase. */
  readonly orderKey: string;
  /** Whether this person has invoices to look at. */
  readonly hasPortal: boolean;
  /** How the pool tops up by itself, `never` where nobody arranged it; null where this person may not. */
  readonly auto: Arrangement | 'never' | null;
  /** Why the last try did not go through. */
  readonly fault?: string | undefined;
  /** What is wrong with the amount. */
  readonly amountFault?: string | undefined;
}

/** Where a person chooses a pack and pays. */
export function CheckoutPage(props: CheckoutPageProps) {
  const { session, pool, packs, chosen, amount, mode, orderKey, hasPortal, auto, fault, amountFault } = props;
  const hasStopped = auto !== null && auto !== 'never' && auto.state === 'stopped';
  return (
    <Layout title="Top up" session={session}>
      <div class="snug">
        <h1>Top up</h1>
        <p class="quiet">Credits never expire and work on every model.</p>
      </div>
      {fault && <Notice tone="bad">{fault}</Notice>}
      {hasStopped && (
        <Notice tone="bad">
          Auto top-up has stopped. {stopWords(auto.reason)}{' '}
          <a href={`/checkout/auto?${new URLSearchParams({ pool: pool.id })}`}>Turn it on again</a>.
        </Notice>
      )}
      <ModeNotice mode={mode} />
      <dl class="facts">
        <dt>Pool</dt>
        <dd>{pool.name}</dd>
        <dt>Balance now</dt>
        <dd>{formatCredits(pool.balance.available)}</dd>
      </dl>
      {mode !== 'not_configured' && (
        <form method="post" action="/checkout" autocomplete="off">
          <FormToken token={session.formToken} />
          <input type="hidden" name="pool" value={pool.id} />
          <input type="hidden" name="order" value={orderKey} />
          <fieldset>
            <legend>How many credits?</legend>
            <div class="choices">
              {packs.map((pack) => (
                <PackChoice pack={pack} chosen={pack.id === chosen} />
              ))}
              <label class="choice">
                <input type="radio" name="pack" value={CUSTOM} checked={chosen === CUSTOM} required />
                <span>Another amount</span>
              </label>
            </div>
            <div class="other">
              <TextField
                label="Amount in US dollars"
                name="amount"
                input={{ inputMode: 'decimal', value: amount, maxLength: 12 }}
                hint={!amountFault && `From ${formatPrice(LEAST_CENTS)} to ${formatPrice(MOST_CENTS)}`}
                fault={amountFault}
              />
            </div>
          </fieldset>
          <button type="submit">Pay</button>
          <p class="hint">One credit is always {formatUsd(credits(1))}.</p>
        </form>
      )}
      <div class="snug">
        {auto && !hasStopped && <AutoLine auto={auto} pool={pool} />}
        <p class="quiet">
          Somebody gave you a code? <a href={`/gift?${new URLSearchParams({ pool: pool.id })}`}>Redeem it</a>.
        </p>
        {hasPortal && (
          <form class="quiet" method="post" action="/checkout/portal">
            <FormToken token={session.formToken} />
            <input type="hidden" name="pool" value={pool.id} />
            <button class="link" type="submit">
              Invoices, cards and tax number
            </button>
          </form>
        )}
      </div>
    </Layout>
  );
}

/** How auto top-up stands, and the way to it. */
function AutoLine({ auto, pool }: { readonly auto: Arrangement | 'never'; readonly pool: Pool }) {
  const to = `/checkout/auto?${new URLSearchParams({ pool: pool.id })}`;
  if (auto !== 'never' && auto.state === 'on') {
    return (
      <p class="quiet">
        <a href={to}>Auto top-up</a> is on below {formatCredits(auto.threshold)}.
      </p>
    );
  }
  return (
    <p class="quiet">
      Never run out: set up{' '}
      <a class="keep" href={to}>
        auto top-up
      </a>
      .
    </p>
  );
}

/** Says what paying means here, wherever it does not mean money. */
function ModeNotice({ mode }: { readonly mode: PaymentMode }) {
  switch (mode) {
    case 'live':
      return null;
    case 'stripe_test':
      return <Notice>Stripe's test mode: no money moves, only test cards work.</Notice>;
    case 'test_payment':
      return <Notice>Test payment: no money moves. This broker has no Stripe key.</Notice>;
    case 'not_configured':
      return <Notice>Top-up is not configured on this broker: ask whoever hosts it.</Notice>;
  }
}
