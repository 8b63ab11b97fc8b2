import type { ComponentChildren } from 'preact';
import type { WebSession } from '../accounts/web-session.ts';
import { FormToken } from './form.tsx';
import { STYLES } from './styles.ts';
import { ICON, Wordmark } from './wordmark.tsx';

export interface LayoutProps {
  /** The page's name, for the tab; the page itself renders its `h1`. */
  readonly title: string;
  /** Who is signed in: shown with a sign-out button. */
  readonly session?: WebSession | undefined;
  /** `wide` for checkout (640 px), `broad` for long lists (880 px), otherwise one 384 px card. */
  readonly wide?: boolean;
  readonly broad?: boolean;
  readonly children: ComponentChildren;
}

/** The frame of every web page: the bar with the wordmark and who is signed in, and one centred card. */
export function Layout({ title, session, wide, broad, children }: LayoutProps) {
  const width = broad ? 'broad' : wide ? 'wide' : undefined;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · Inkpot`}</title>
        <link rel="icon" href={ICON} />
        <style dangerouslySetInnerHTML={{ __html: STYLES }} />
      </head>
      <body class={width}>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <header class="bar">
          <Wordmark />
          {session && (
            <div class="who">
              <span>{session.email}</span>
              <form class="inline" method="post" action="/sign-out">
                <FormToken token={session.formToken} />
                <button class="link" type="submit">
                  Sign out
                </button>
              </form>
            </div>
          )}
        </header>
        <main id="content">
          <div class="card stack">{children}</div>
        </main>
      </body>
    </html>
  );
}
