import { useEffect, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import type { DeviceSignIn } from '../auth/device-flow.ts';
import type { SessionState } from '../state/session.ts';
import { copyText } from './copy-text.ts';
import { InkIcon } from './icons.tsx';

type Session = Exclude<SessionState, { step: 'signed-in' | 'starting' }>;

/** Signed out, and the way in. */
export function SignInView({ app, session }: { readonly app: App; readonly session: Session }) {
  if (session.step === 'confirming') return <Confirm app={app} request={session.request} />;
  const asking = session.step === 'asking';
  return (
    <main class="view centred">
      <InkIcon />
      <h1 tabIndex={-1}>Pictures, priced before you click</h1>
      <p class="quiet">Pick a model, see what it costs in credits, and the picture lands on your canvas.</p>
      {session.step === 'signed-out' && session.notice && <p role="alert">{session.notice}</p>}
      <button
        type="button"
        class="primary"
        aria-busy={asking}
        disabled={asking}
        onClick={() => void app.session.signIn()}
      >
        {asking ? 'Opening your browser…' : 'Sign in'}
      </button>
      <p class="quiet">You sign in in your browser. Nothing is typed here.</p>
    </main>
  );
}

function Confirm({ app, request }: { readonly app: App; readonly request: DeviceSignIn }) {
  const [copied, setCopied] = useState(false);
  return (
    <main class="view centred">
      <h1 tabIndex={-1}>Confirm in your browser</h1>
      <p class="quiet">Allow the sign-in only if the page shows this code:</p>
      <output class="code" aria-label="Code to compare">
        {request.userCode}
      </output>
      <div class="row">
        <button
          type="button"
          onClick={() => {
            setCopied(copyText(request.userCode));
          }}
        >
          {copied ? 'Copied' : 'Copy code'}
        </button>
        <button type="button" onClick={() => app.openLink(request.url)}>
          Open again
        </button>
      </div>
      <TimeLeft until={request.expiresAt} now={app.now} />
      <button type="button" class="plain" onClick={app.session.cancel}>
        Cancel
      </button>
    </main>
  );
}

/** Ticks once a second, for the eye: a screen reader that heard every second would hear nothing else. */
function TimeLeft({ until, now }: { readonly until: number; readonly now: () => number }) {
  const [time, setTime] = useState(now());
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), 1_000);
    return () => clearInterval(timer);
  }, [now]);
  const seconds = Math.max(0, Math.ceil((until - time) / 1_000));
  return (
    <p class="quiet numeric">
      Waiting for you · {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')} left
    </p>
  );
}
