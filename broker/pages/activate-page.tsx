import type { WebSession } from '../accounts/web-session.ts';
import type { DeviceSignIn } from '../auth/device-approval.ts';
import { FormToken, TextField } from './form.tsx';
import { Layout } from './layout.tsx';

interface Props {
  readonly session: WebSession;
}

/** For people who came without a code: where they type it. */
export function TypeCodePage({ session, typed, fault }: Props & { readonly typed?: string; readonly fault?: string }) {
  return (
    <Layout title="Connect Figma" session={session}>
      <div class="snug">
        <h1>Connect Figma</h1>
        <p class="quiet">Type the code that Inkpot shows in Figma.</p>
      </div>
      <form method="get" action="/activate" novalidate>
        <TextField
          label="Code"
          name="user_code"
          fault={fault}
          input={{
            class: 'code',
            value: typed,
            autofocus: true,
            autocomplete: 'off',
            autocapitalize: 'characters',
            spellcheck: false,
            maxLength: 20,
            placeholder: 'XXXX-XXXX',
          }}
        />
        <button type="submit">Continue</button>
      </form>
    </Layout>
  );
}

export interface ConfirmPageProps extends Props {
  readonly signIn: Extract<DeviceSignIn, { state: 'pending' }>;
  /** ms since 1970 */
  readonly now: number;
}

/** The question itself. Nothing is allowed without a click here, however the person came (RFC 8628 §3.3.1, §5.4). */
export function ConfirmPage({ session, signIn, now }: ConfirmPageProps) {
  return (
    <Layout title="Allow Inkpot in Figma" session={session}>
      <div class="snug">
        <h1>Allow Inkpot in Figma?</h1>
        <p class="quiet">It could then spend your credits on pictures.</p>
      </div>
      <strong class="user-code">{signIn.userCode}</strong>
      <dl class="facts">
        <dt>Asks</dt>
        <dd>Inkpot for Figma</dd>
        <dt>From</dt>
        <dd>{signIn.device}</dd>
        <dt>Started</dt>
        <dd>{describeAge(now - signIn.startedAt)}</dd>
      </dl>
      <p class="notice">
        Allow it only if you just clicked <strong>Sign in</strong> in Figma and see this code there. If somebody sent
        you the code or this link, deny it.
      </p>
      <form method="post" action="/activate">
        <FormToken token={session.formToken} />
        <input type="hidden" name="user_code" value={signIn.userCode} />
        <div class="actions">
          <button class="plain" type="submit" name="decision" value="deny">
            Deny
          </button>
          <button type="submit" name="decision" value="allow">
            Allow
          </button>
        </div>
      </form>
    </Layout>
  );
}

/** How it ended. */
export function DecidedPage({ session, state }: Props & { readonly state: 'allowed' | 'denied' | 'expired' }) {
  const { title, detail } = ENDINGS[state];
  return (
    <Layout title={title} session={session}>
      <div class="snug">
        <h1>{title}</h1>
        <p class="quiet">{detail}</p>
      </div>
    </Layout>
  );
}

const ENDINGS = {
  allowed: { title: 'You are signed in', detail: 'Go back to Figma: Inkpot is ready. You can close this tab.' },
  denied: { title: 'Denied', detail: 'Nobody was signed in with this code. You can close this tab.' },
  expired: { title: 'This code has expired', detail: 'Go back to Figma and click Sign in again for a new one.' },
} as const;

function describeAge(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'less than a minute ago';
  return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`;
}
