import type { JSX } from 'preact';

/** Drawn for 16 px, one stroke, in the colour of the text around them. All are beside words or a name, so none speaks. */
function icon(path: JSX.Element) {
  return () => (
    <svg
      aria-hidden="true"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {path}
    </svg>
  );
}

export const ChevronIcon = icon(<path d="m4.5 6.5 3.5 3.5 3.5-3.5" />);
export const DiceIcon = icon(
  <>
    <rect x="2.5" y="2.5" width="11" height="11" rx="2.5" />
    <path d="M5.75 5.75h.01M10.25 10.25h.01M10.25 5.75h.01M5.75 10.25h.01M8 8h.01" stroke-width="1.5" />
  </>,
);
export const LockIcon = icon(
  <>
    <rect x="3.5" y="7" width="9" height="6.5" rx="1.5" />
    <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
  </>,
);
export const UnlockIcon = icon(
  <>
    <rect x="3.5" y="7" width="9" height="6.5" rx="1.5" />
    <path d="M5.5 7V4.75a2.5 2.5 0 0 1 4.8-.95" />
  </>,
);
export const MinusIcon = icon(<path d="M4 8h8" />);
export const PlusIcon = icon(<path d="M4 8h8M8 4v8" />);
export const CloseIcon = icon(<path d="m4.5 4.5 7 7M11.5 4.5l-7 7" />);
export const CheckIcon = icon(<path d="m3.5 8.5 3 3 6-7" />);
export const InkIcon = () => (
  <svg aria-hidden="true" width="40" height="40" viewBox="0 0 40 40" fill="none">
    <path
      d="M13 9h14v4l4 6v11a3 3 0 0 1-3 3H12a3 3 0 0 1-3-3V19l4-6V9Z"
      stroke="currentColor"
      stroke-width="2"
      stroke-linejoin="round"
    />
    <path d="M10 23c4-3 7 2 11 0s6-2 9 0v7a2 2 0 0 1-2 2H12a2 2 0 0 1-2-2v-7Z" fill="#7a61ff" />
    <path d="M11 9h18" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
  </svg>
);
