import type { App } from '../app.ts';
import { InkIcon } from './icons.tsx';

interface Props {
  readonly app: App;
  readonly words: string;
  readonly isSilent: boolean;
}

/** The broker did not answer, or not with what the panel needs. */
export function UnreachableView({ app, words, isSilent }: Props) {
  return (
    <main class="view centred">
      <InkIcon />
      <h1>{isSilent ? 'No connection to Inkpot' : 'Inkpot could not open'}</h1>
      <p role="alert">{words}</p>
      <p class="quiet">Pictures that are being made are safe: they land here when this is over.</p>
      <button type="button" class="primary" onClick={() => void app.load()}>
        Try again
      </button>
      <button type="button" class="plain" onClick={() => void app.session.signOut()}>
        Sign out
      </button>
    </main>
  );
}
