import type { App } from '../app.ts';
import { InkIcon } from './icons.tsx';

/** The broker did not answer. */
export function UnreachableView({ app, words }: { readonly app: App; readonly words: string }) {
  return (
    <main class="view centred">
      <InkIcon />
      <h1>No connection to Inkpot</h1>
      <p role="alert">{words}</p>
      <p class="quiet">Pictures that are being made are safe: they land here when the connection is back.</p>
      <button type="button" class="primary" onClick={() => void app.load()}>
        Try again
      </button>
      <button type="button" class="plain" onClick={() => void app.session.signOut()}>
        Sign out
      </button>
    </main>
  );
}
