import type { Signal } from '@preact/signals';
import type { ToastOptions } from '../api/services.ts';

/**
 * Opens a page in a new tab, without a way back to this one. A browser that refuses gets a button to press instead.
 *
 * @throws Error for an address that is not http or https: it would run in this page.
 */
export function openExternal(
  page: Window,
  url: string,
  opened: Signal<string | null>,
  toast: (message: string, options: ToastOptions) => () => void,
): void {
  const { protocol, host, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`Cannot open ${protocol} addresses`);
  opened.value = href;
  const tab = page.open(href, '_blank');
  if (tab !== null) {
    tab.opener = null;
    return;
  }
  toast(`The browser held back a new tab for ${host}`, {
    timeout: Number.POSITIVE_INFINITY,
    error: false,
    button: { text: 'Open', action: () => void page.open(href, '_blank', 'noopener') },
    onDequeue: () => undefined,
  });
}
