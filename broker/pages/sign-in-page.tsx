import { FormToken, Notice, TextField } from './form.tsx';
import { Layout } from './layout.tsx';

/** The address of a step, which remembers where the person wanted to go. */
export function signInPath(step: 'email' | 'code', returnTo: string): string {
  return `/sign-in?${new URLSearchParams({ step, return_to: returnTo })}`;
}

export interface EmailStepProps {
  readonly formToken: string;
  readonly returnTo: string;
  readonly email?: string | undefined;
  /** What is wrong with the address. */
  readonly fault?: string | undefined;
  /** Why the person is here again. */
  readonly notice?: string | undefined;
}

/** The first step: who are you? */
export function EmailStep({ formToken, returnTo, email, fault, notice }: EmailStepProps) {
  return (
    <Layout title="Sign in">
      <div class="snug">
        <h1>Sign in to Inkpot</h1>
        <p class="quiet">We send you a code. A new address gets a new account, free of charge.</p>
      </div>
      {notice && <Notice tone="bad">{notice}</Notice>}
      <form method="post" action="/sign-in" novalidate>
        <FormToken token={formToken} />
        <input type="hidden" name="return_to" value={returnTo} />
        <TextField
          label="E-mail"
          name="email"
          fault={fault}
          input={{
            type: 'email',
            autocomplete: 'email',
            autofocus: true,
            required: true,
            maxLength: 254,
            value: email,
          }}
        />
        <button type="submit">Send code</button>
      </form>
    </Layout>
  );
}

export interface CodeStepProps {
  readonly formToken: string;
  readonly returnTo: string;
  readonly email: string;
  readonly fault?: string | undefined;
  /** In development without a mail server: where the mail went. */
  readonly mailbox?: string | undefined;
}

/** The second step: prove it. */
export function CodeStep({ formToken, returnTo, email, fault, mailbox }: CodeStepProps) {
  return (
    <Layout title="Enter your code">
      <div class="snug">
        <h1>Enter your code</h1>
        <p class="quiet">
          We sent six digits to <strong>{email}</strong>. They work once, for 10 minutes, in this browser.
        </p>
      </div>
      {mailbox && (
        <Notice>
          This broker has no mail server. Your code is on{' '}
          <a href={mailbox} target="_blank" rel="noopener">
            {mailbox}
          </a>
          .
        </Notice>
      )}
      <form method="post" action="/sign-in" novalidate>
        <FormToken token={formToken} />
        <input type="hidden" name="return_to" value={returnTo} />
        <TextField
          label="Code"
          name="code"
          fault={fault}
          input={{
            class: 'code',
            inputMode: 'numeric',
            autocomplete: 'one-time-code',
            autofocus: true,
            required: true,
            maxLength: 12,
          }}
        />
        <button type="submit">Sign in</button>
      </form>
      <p class="quiet">
        No mail? Look in the spam folder, or <a href={signInPath('email', returnTo)}>ask for a new code</a>.
      </p>
    </Layout>
  );
}

/** In production without a mail server there is no way in; say so instead of a form that cannot work. */
export function NoMailPage() {
  return (
    <Layout title="Sign in">
      <div class="snug">
        <h1>Sign-in is not available yet</h1>
        <p class="quiet">
          Mail is not configured on this broker, so no sign-in code can be sent. Whoever hosts it has to set SMTP_URL.
        </p>
      </div>
    </Layout>
  );
}
