import type { Pool } from '../../shared/api/pools.ts';
import { formatCredits, type Millicredits } from '../../shared/credits.ts';
import type { WebSession } from '../accounts/web-session.ts';
import { FormToken, TextField } from './form.tsx';
import { Layout } from './layout.tsx';

export interface GiftPageProps {
  readonly session: WebSession;
  /** Those that the person may redeem it for; never none. */
  readonly pools: readonly Pool[];
  readonly chosen: Pool;
  /** Makes a second click of the same form the same redemption. */
  readonly orderKey: string;
  readonly typed?: string;
  /** What is wrong with the code. */
  readonly fault?: string | undefined;
}

/** Where a person types a gift code. */
export function GiftPage({ session, pools, chosen, orderKey, typed, fault }: GiftPageProps) {
  return (
    <Layout title="Redeem a gift code" session={session}>
      <div class="snug">
        <h1>Redeem a gift code</h1>
        <p class="quiet">Its credits are spent before bought ones, and never expire.</p>
      </div>
      <form method="post" action="/gift" autocomplete="off">
        <FormToken token={session.formToken} />
        <input type="hidden" name="order" value={orderKey} />
        <TextField
          label="Code"
          name="code"
          fault={fault}
          input={{
            class: 'gift',
            value: typed,
            autofocus: true,
            autocapitalize: 'characters',
            spellcheck: false,
            maxLength: 100,
            placeholder: 'XXXXX-XXXXX-XXXXX-XXXXX',
            required: true,
          }}
        />
        <PoolChoice pools={pools} chosen={chosen} />
        <button type="submit">Redeem</button>
      </form>
      <p class="quiet">
        To buy credits instead, <a href={checkoutOf(chosen)}>top up</a>.
      </p>
    </Layout>
  );
}

/** Which pool gets the credits: a question only for those who are in several. */
function PoolChoice({ pools, chosen }: { readonly pools: readonly Pool[]; readonly chosen: Pool }) {
  if (pools.length === 1) {
    return (
      <>
        <input type="hidden" name="pool" value={chosen.id} />
        <dl class="facts">
          <dt>Pool</dt>
          <dd>{chosen.name}</dd>
          <dt>Balance now</dt>
          <dd>{formatCredits(chosen.balance.available)}</dd>
        </dl>
      </>
    );
  }
  return (
    <fieldset>
      <legend>For which pool?</legend>
      <div class="choices">
        {pools.map(({ id, name, balance }) => (
          <label class="choice" key={id}>
            <input type="radio" name="pool" value={id} checked={id === chosen.id} required />
            <span>{name}</span>
            <span class="end">{formatCredits(balance.available)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export interface GiftRedeemedPageProps {
  readonly session: WebSession;
  readonly pool: Pool;
  /** What the code brought. */
  readonly credits: Millicredits;
}

/** What a code brought. */
export function GiftRedeemedPage({ session, pool, credits }: GiftRedeemedPageProps) {
  const title = `${formatCredits(credits)} added`;
  return (
    <Layout title={title} session={session}>
      <div class="snug">
        <h1>{title}</h1>
        <p class="quiet">You can close this tab and go back to Figma.</p>
      </div>
      <div>
        <p class="quiet">Balance now</p>
        <p class="big">{formatCredits(pool.balance.available)}</p>
      </div>
      <dl class="facts">
        <dt>Pool</dt>
        <dd>{pool.name}</dd>
      </dl>
      <a class="button plain" href={`/gift?${new URLSearchParams({ pool: pool.id })}`}>
        Redeem another code
      </a>
    </Layout>
  );
}

function checkoutOf({ id }: Pool): string {
  return `/checkout?${new URLSearchParams({ pool: id })}`;
}
