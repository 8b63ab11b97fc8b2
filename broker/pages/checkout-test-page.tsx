import type { Pool } from '../../shared/api/pools.ts';
import { formatCredits } from '../../shared/credits.ts';
import type { WebSession } from '../accounts/web-session.ts';
import { formatPrice } from '../checkout/packs.ts';
import type { Topup } from '../checkout/topup.ts';
import { ModeNotice } from './checkout-page.tsx';
import { FormToken } from './form.tsx';
import { Layout } from './layout.tsx';

export interface CheckoutTestPageProps {
  readonly session: WebSession;
  readonly pool: Pool;
  readonly topup: Topup;
}

/** The development broker's stand-in for Stripe's page: one button, and no money. */
export function CheckoutTestPage({ session, pool, topup }: CheckoutTestPageProps) {
  return (
    <Layout title="Test payment" session={session}>
      <h1>Test payment</h1>
      <ModeNotice mode="test_payment" />
      <dl class="facts">
        <dt>Pool</dt>
        <dd>{pool.name}</dd>
        <dt>You get</dt>
        <dd>{formatCredits(topup.credits)}</dd>
        <dt>Price</dt>
        <dd>{formatPrice(topup.cents)}</dd>
      </dl>
      <form method="post" action="/checkout/test-payment" autocomplete="off">
        <FormToken token={session.formToken} />
        <input type="hidden" name="pool" value={pool.id} />
        <input type="hidden" name="topup" value={topup.id} />
        <div class="actions">
          <a class="button plain" href={`/checkout?${new URLSearchParams({ pool: pool.id })}`}>
            Cancel
          </a>
          <button type="submit">Pay</button>
        </div>
      </form>
    </Layout>
  );
}
