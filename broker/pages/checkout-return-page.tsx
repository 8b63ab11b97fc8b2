import type { ComponentChildren } from 'preact';
import type { Pool } from '../../shared/api/pools.ts';
import { formatCredits } from '../../shared/credits.ts';
import type { WebSession } from '../accounts/web-session.ts';
import { formatPrice } from '../checkout/packs.ts';
import type { Topup } from '../checkout/topup.ts';
import { Layout } from './layout.tsx';

export interface CheckoutReturnPageProps {
  readonly session: WebSession;
  readonly pool: Pool;
  readonly topup: Topup;
  /** Whether no money moves on this broker: then the price is only a label. */
  readonly test: boolean;
}

/** What became of a purchase: in the pool, still on its way, or nothing paid. */
export function CheckoutReturnPage({ session, pool, topup, test }: CheckoutReturnPageProps) {
  const { title, text, action } = outcomeOf(topup, test);
  return (
    <Layout title={title} session={session}>
      <div class="snug">
        <h1>{title}</h1>
        <p class="quiet">{text}</p>
      </div>
      <div>
        <p class="quiet">Balance now</p>
        <p class="big">{formatCredits(pool.balance.available)}</p>
      </div>
      <dl class="facts">
        <dt>Pool</dt>
        <dd>{pool.name}</dd>
        <dt>Price</dt>
        <dd>
          {formatPrice(topup.cents)}
          {test && ' (test: no money moves)'}
        </dd>
        <dt>Reference</dt>
        <dd>{topup.id}</dd>
      </dl>
      {action}
    </Layout>
  );
}

interface Outcome {
  readonly title: string;
  readonly text: string;
  readonly action: ComponentChildren;
}

function outcomeOf(topup: Topup, test: boolean): Outcome {
  const amount = formatCredits(topup.credits);
  const shop = `/checkout?${new URLSearchParams({ pool: topup.pool })}`;
  const name = new URLSearchParams({ pool: topup.pool, topup: topup.id });
  const here = `/checkout/return?${name}`;
  switch (topup.state) {
    case 'credited':
      return {
        title: `${amount} added`,
        text: 'You can close this tab and go back to Figma.',
        action: (
          <div class="snug">
            {!test && <LinkButton to={`/checkout/receipt?${name}`} text="Receipt" plain />}
            <LinkButton to={shop} text="Top up again" plain />
          </div>
        ),
      };
    case 'pending':
      return {
        title: 'Waiting for your bank',
        text: `Your ${amount} arrive as soon as the bank confirms the payment. You can close this tab.`,
        action: <LinkButton to={here} text="Check again" />,
      };
    case 'created':
    case 'open':
      return {
        title: 'Not paid yet',
        text: `Your ${amount} arrive as soon as the payment is confirmed.`,
        action: (
          <div class="snug">
            {topup.url && <LinkButton to={topup.url} text="Continue to payment" />}
            <LinkButton to={here} text="Check again" plain />
          </div>
        ),
      };
    case 'failed':
      return {
        title: 'The payment did not go through',
        text: 'Nothing was charged.',
        action: <LinkButton to={shop} text="Start again" />,
      };
    case 'expired':
      return {
        title: 'This checkout has expired',
        text: 'Nothing was charged.',
        action: <LinkButton to={shop} text="Start again" />,
      };
  }
}

function LinkButton({ to, text, plain }: { readonly to: string; readonly text: string; readonly plain?: boolean }) {
  return (
    <a class={plain ? 'button plain' : 'button'} href={to}>
      {text}
    </a>
  );
}
