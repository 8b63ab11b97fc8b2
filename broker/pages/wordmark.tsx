/** Inkpot's name with its drop of ink; a link home. */
export function Wordmark() {
  return (
    <a class="wordmark" href="/">
      <svg viewBox="0 0 14 20" aria-hidden="true">
        <path fill="currentColor" d={DROP} />
      </svg>
      Inkpot
    </a>
  );
}

const DROP = 'M7 0c3.2 4.6 7 8.3 7 12.6C14 16.8 10.9 20 7 20s-7-3.2-7-7.4C0 8.3 3.8 4.6 7 0Z';

/** The same drop as the pages' icon, inside the page, so that no browser asks for `/favicon.ico`. */
export const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-3 0 20 20"><path fill="#0768cf" d="${DROP}"/></svg>`,
)}`;
