export interface FrameTheme {
  readonly className: 'figma-light' | 'figma-dark';
  readonly style: string;
}

/** A message between the host page and its own script in the frame; plugins never see it. */
export interface ThemeMessage {
  readonly playgroundTheme: FrameTheme;
}

/** Runs inside the frame before the plugin's own code. Sent there as its source text. */
function followTheme(theme: FrameTheme): void {
  const style = document.createElement('style');
  style.id = 'figma-style';
  document.head.append(style);
  const show = ({ className, style: rules }: FrameTheme): void => {
    document.documentElement.classList.remove('figma-light', 'figma-dark');
    document.documentElement.classList.add(className);
    style.textContent = rules;
  };
  show(theme);
  window.addEventListener('message', (event: MessageEvent<Partial<ThemeMessage> | null>) => {
    if (event.source !== window.parent || !event.data?.playgroundTheme) return;
    event.stopImmediatePropagation();
    show(event.data.playgroundTheme);
  });
}

/**
 * The plugin's HTML with the policy and, when `themeColors` is on, Figma's theme in front of everything else. Nothing of the
 * plugin's own text is changed.
 */
export function frameDocument(html: string, policy: string | null, theme: FrameTheme | null): string {
  const head = [
    policy === null ? '' : `<meta http-equiv="Content-Security-Policy" content="${policy.replaceAll('"', '&quot;')}">`,
    theme === null
      ? ''
      : `<script>(${followTheme.toString()})(${scriptSafe(theme)});document.currentScript.remove()</script>`,
  ].join('');
  const opening = /^\s*(?:<!doctype[^>]*>)?\s*(?:<html[^>]*>)?\s*(?:<head[^>]*>)?/i.exec(html)?.[0] ?? '';
  return opening + head + html.slice(opening.length);
}

function scriptSafe(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
