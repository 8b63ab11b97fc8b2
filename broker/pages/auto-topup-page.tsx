import type { Pool } from '../../shared/api/pools.ts';
import { formatCredits } from '../../shared/credits.ts';
import type { WebSession } from '../accounts/web-session.ts';
import { type Arrangement, spentIn } from '../checkout/auto-topup/arrangement.ts';
import type { ConsentFaults, TypedTerms } from '../checkout/auto-topup/consent-form.ts';
import { stopWords } from '../checkout/auto-topup/stopped-mail.ts';
import { formatPrice, PACKS } from '../checkout/packs.ts';
import { FormToken, Notice, TextField } from './form.tsx';
import { Layout } from './layout.tsx';
import { PackChoice } from './pack-choice.tsx';

export interface AutoTopupPageProps {
  readonly session: WebSession;
  readonly pool: Pool;
  /** Null where it was never arranged. */
  readonly arrangement: Arrangement | null;
  /** What stands in the form, and what is wrong with it. */
  readonly terms: TypedTerms;
  readonly faults?: ConsentFaults | undefined;
  /** Why the last try did not go through. */
  readonly fault?: string | undefined;
  /** Makes a second click of the same form the same wish. */
  readonly orderKey: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Where the owner of a pool agrees to auto top-up, sees how it is, and ends it with one click. */
export function AutoTopupPage(props: AutoTopupPageProps) {
  const { session, pool, arrangement, faults, fault, now } = props;
  const isOn = arrangement?.state === 'on';
  const isLeft = arrangement?.state === 'setting_up' || arrangement?.state === 'stopped';
  return (
    <Layout title="Auto top-up" session={session}>
      <div class="snug">
        <h1>Auto top-up</h1>
        <p class="quiet">Buys credits for the pool {pool.name} by itself when they run low, so that no work waits.</p>
      </div>
      {fault && <Notice tone="bad">{fault}</Notice>}
      {arrangement && <Standing arrangement={arrangement} now={now} />}
      {isOn && <OffForm session={session} pool={pool} text="Turn off and forget the card" />}
      {isOn ? (
        <details open={faults !== undefined}>
          <summary>Change the amounts</summary>
          <ConsentForm {...props} button="Save" />
        </details>
      ) : (
        <ConsentForm {...props} button="Agree and save a card" />
      )}
      {isLeft && <OffForm session={session} pool={pool} text="Leave it off" />}
      <p class="quiet">
        To buy credits now, <a href={`/checkout?${new URLSearchParams({ pool: pool.id })}`}>top up</a>.
      </p>
    </Layout>
  );
}

function Standing({ arrangement, now }: { readonly arrangement: Arrangement; readonly now: number }) {
  const { state, threshold, credits, cents, monthlyCents, cardName, reason, topup } = arrangement;
  const spent = spentIn(arrangement, now);
  switch (state) {
    case 'off':
      return topup ? <Notice>Auto top-up is off. A payment that had begun is being finished.</Notice> : null;
    case 'setting_up':
      return <Notice>Auto top-up is not on yet: your card has not been saved.</Notice>;
    case 'stopped':
      return <Notice tone="bad">Auto top-up has stopped. {stopWords(reason)}</Notice>;
    case 'on':
      return (
        <>
          {spent + cents > monthlyCents ? (
            <Notice>The limit of this month is reached: nothing more is bought by itself until the next.</Notice>
          ) : (
            <Notice tone="good">{topup ? 'Auto top-up is on. A payment is under way.' : 'Auto top-up is on.'}</Notice>
          )}
          <dl class="facts">
            <dt>Below</dt>
            <dd>{formatCredits(threshold)}</dd>
            <dt>Buys</dt>
            <dd>
              {formatCredits(credits)} for {formatPrice(cents)}
            </dd>
            <dt>Card</dt>
            <dd>{cardName}</dd>
            <dt>This month</dt>
            <dd>
              {formatPrice(spent)} of {formatPrice(monthlyCents)}
            </dd>
          </dl>
        </>
      );
  }
}

function OffForm({ session, pool, text }: Pick<AutoTopupPageProps, 'session' | 'pool'> & { readonly text: string }) {
  return (
    <form method="post" action="/checkout/auto/off">
      <FormToken token={session.formToken} />
      <input type="hidden" name="pool" value={pool.id} />
      <button class="plain" type="submit">
        {text}
      </button>
    </form>
  );
}

function ConsentForm(props: AutoTopupPageProps & { readonly button: string }) {
  const { session, pool, terms, faults = {}, orderKey, button } = props;
  return (
    <form method="post" action="/checkout/auto" autocomplete="off">
      <FormToken token={session.formToken} />
      <input type="hidden" name="pool" value={pool.id} />
      <input type="hidden" name="order" value={orderKey} />
      <TextField
        label="When fewer credits are left than"
        name="threshold"
        input={{ inputMode: 'numeric', value: terms.threshold, maxLength: 12, required: true }}
        fault={faults.threshold}
      />
      <fieldset>
        <legend>Buy</legend>
        <div class="choices">
          {PACKS.map((pack) => (
            <PackChoice key={pack.id} pack={pack} chosen={pack.id === terms.pack} />
          ))}
        </div>
      </fieldset>
      <TextField
        label="At most in a month, in US dollars"
        name="limit"
        input={{ inputMode: 'decimal', value: terms.limit, maxLength: 12, required: true }}
        hint="A month is a calendar month, UTC. What you buy yourself does not count."
        fault={faults.limit}
      />
      <div class="field">
        <label class="check top">
          <input
            type="checkbox"
            name="agree"
            value="yes"
            required
            aria-describedby={faults.agree && 'agree-fault'}
            aria-invalid={faults.agree ? 'true' : undefined}
          />
          <span>
            I allow this broker to charge my saved card for these amounts without asking me each time, whoever in the
            pool spends the credits, until I turn it off here, which takes one click at any time. A receipt is mailed to
            me for each charge.
          </span>
        </label>
        {faults.agree && (
          <p class="fault" id="agree-fault" role="alert">
            {faults.agree}
          </p>
        )}
      </div>
      <button type="submit">{button}</button>
    </form>
  );
}
