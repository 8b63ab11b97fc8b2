import { formatCredits } from '../../../shared/credits.ts';
import type { App } from '../app.ts';
import { ChevronIcon } from './icons.tsx';

/** Whose credits are spent, how many there are, and who is signed in. */
export function Header({ app }: { readonly app: App }) {
  const { pools, chosen } = app.pools;
  const pool = chosen.value;
  const short = app.checkout.obstacle.value?.kind === 'credits';
  return (
    <header class="header">
      {pools.value.length > 1 ? (
        <label class="select plain">
          <span class="unseen">Pool</span>
          <select
            value={pool?.id}
            title={pool?.name}
            onChange={(event) => {
              app.pools.chosenId.value = event.currentTarget.value;
            }}
          >
            {pools.value.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <ChevronIcon />
        </label>
      ) : (
        <span class="pool" title={pool?.name}>
          {pool?.name}
        </span>
      )}
      <span class="balance numeric" role="status" aria-label="Balance">
        {pool ? formatCredits(pool.balance.available) : ''}
      </span>
      <button type="button" class={short ? 'primary' : ''} onClick={() => void app.pools.topUp()}>
        Top up
      </button>
      <AccountMenu app={app} />
    </header>
  );
}

/** Figma and browsers close a popover by themselves, on Escape and on a click beside it. */
function AccountMenu({ app }: { readonly app: App }) {
  const session = app.session.state.value;
  const name = (session.step === 'signed-in' && session.person?.name) || 'Signed in';
  return (
    <>
      <button type="button" class="avatar" aria-label="Account" popovertarget="account">
        {[...name][0]?.toUpperCase()}
      </button>
      {/* It takes the focus, so that it is read out; the browser gives it back when it closes. */}
      <div class="menu" id="account" popover="auto" role="dialog" aria-label="Account" tabIndex={-1} autofocus>
        <p>
          <span class="quiet">Signed in as</span>
          <br />
          {name}
        </p>
        <button type="button" onClick={() => void app.session.signOut()}>
          Sign out
        </button>
      </div>
    </>
  );
}
