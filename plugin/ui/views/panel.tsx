import { useEffect } from 'preact/hooks';
import type { App } from '../app.ts';
import { CreateView } from './create-view.tsx';
import { focusHome } from './keep-focus.ts';
import { ResizeHandle } from './resize-handle.tsx';
import { SignInView } from './sign-in-view.tsx';
import { Skeleton } from './skeleton.tsx';
import { UnreachableView } from './unreachable-view.tsx';

/** The whole panel. */
export function Panel({ app }: { readonly app: App }) {
  const name = nameOf(app);
  useEffect(focusHome, [name]);
  return (
    <>
      <View app={app} />
      <div class="unseen" role="log" aria-live="polite" aria-label="Progress">
        {/* An element of its own each time: the same words twice are news twice. */}
        <p key={app.announcement.value.serial}>{app.announcement.value.words}</p>
      </div>
      <ResizeHandle onResize={app.resize} />
    </>
  );
}

/** Which view is shown: what is different to whoever sees or hears it. */
function nameOf({ session, loading, trouble }: App): string {
  const { step } = session.state.value;
  if (step === 'starting') return trouble.value ?? step;
  if (step === 'asking') return 'signed-out';
  return step === 'signed-in' ? loading.value.step : step;
}

function View({ app }: { readonly app: App }) {
  const session = app.session.state.value;
  const loading = app.loading.value;
  if (session.step === 'starting') {
    if (app.trouble.value === null) return <Skeleton />;
    const title = 'Inkpot could not start';
    return <UnreachableView title={title} words={app.trouble.value} onRetry={app.knock} onSignOut={null} />;
  }
  if (session.step !== 'signed-in') return <SignInView app={app} session={session} />;
  if (loading.step === 'failed') {
    const title = loading.isSilent ? 'No connection to Inkpot' : 'Inkpot could not open';
    const signOut = () => void app.session.signOut();
    return <UnreachableView title={title} words={loading.words} onRetry={() => void app.load()} onSignOut={signOut} />;
  }
  return loading.step === 'loading' ? <Skeleton /> : <CreateView app={app} />;
}
