import { InkIcon } from './icons.tsx';

interface Props {
  readonly title: string;
  readonly words: string;
  readonly onRetry: () => void;
  /** Null where nobody is known to be signed in. */
  readonly onSignOut: (() => void) | null;
}

/** What the panel needs did not answer, or not with what it needs. */
export function UnreachableView({ title, words, onRetry, onSignOut }: Props) {
  return (
    <main class="view centred">
      <InkIcon />
      <h1 tabIndex={-1}>{title}</h1>
      <p role="alert">{words}</p>
      <p class="quiet">Pictures that are being made are safe: they land here when this is over.</p>
      <button type="button" class="primary" onClick={onRetry}>
        Try again
      </button>
      {onSignOut && (
        <button type="button" class="plain" onClick={onSignOut}>
          Sign out
        </button>
      )}
    </main>
  );
}
