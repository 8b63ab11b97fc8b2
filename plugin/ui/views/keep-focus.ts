/** Where the focus goes on, the first that is there: into the form, else to what a view is about. */
const HOMES = ['#prompt', '#model', 'h1'] as const;

/** Takes the focus to the view's main thing, so that the keyboard starts there and a screen reader reads it out. */
export function focusHome(): void {
  // Whoever works on the canvas keeps the focus there until they come back.
  if (!document.hasFocus()) return;
  const home = HOMES.find((selector) => document.querySelector(selector) !== null);
  if (home) document.querySelector<HTMLElement>(home)?.focus({ preventScroll: true });
}

/**
 * Keeps the focus in the panel. When what has it goes away or can no longer be used, a browser drops it onto the page as
 * a whole, where the keyboard starts again from the top and a screen reader says nothing.
 */
export function keepFocus(): void {
  let last: Element | null = null;
  const isNowhere = () => document.activeElement === null || document.activeElement === document.body;
  document.addEventListener('focusin', ({ target }) => {
    last = target instanceof Element ? target : null;
  });
  document.addEventListener('focusout', () => {
    // Who leaves a thing that stays meant to leave it. Whether it stays is known only after what takes it away is done.
    queueMicrotask(() => {
      if (isNowhere() && last && isUsable(last)) last = null;
    });
  });
  window.addEventListener('focus', () => {
    if (isNowhere()) focusHome();
  });
  new MutationObserver(() => {
    if (document.activeElement?.matches(':disabled') || (isNowhere() && last && !isUsable(last))) focusHome();
  }).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden'],
  });
}

function isUsable(element: Element): boolean {
  return element.isConnected && !element.matches(':disabled') && element.checkVisibility();
}
