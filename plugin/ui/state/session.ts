import { signal } from '@preact/signals';
import type { DeviceSignIn } from '../auth/device-flow.ts';
import { OAuthRefusal } from '../auth/oauth-client.ts';
import type { Person } from '../auth/person.ts';
import { readPerson } from '../auth/person.ts';
import type { Tokens } from '../auth/tokens.ts';
import { sayError } from './say-error.ts';

export type SessionState =
  | { readonly step: 'starting' }
  | { readonly step: 'signed-out'; readonly notice: string | null }
  | { readonly step: 'asking' }
  | { readonly step: 'confirming'; readonly request: DeviceSignIn }
  | { readonly step: 'signed-in'; readonly person: Person | null };

export interface SessionOptions {
  readonly tokens: Tokens;
  readonly startDeviceFlow: () => Promise<DeviceSignIn>;
  readonly openLink: (url: string) => void;
}

/** Who is signed in, and the way there. */
export function createSession({ tokens, startDeviceFlow, openLink }: SessionOptions) {
  const state = signal<SessionState>({ step: 'starting' });
  let attempt = new AbortController();

  function signedIn(): void {
    const token = tokens.current();
    state.value = { step: 'signed-in', person: token === null ? null : readPerson(token) };
  }

  function signedOut(notice: string | null): void {
    state.value = { step: 'signed-out', notice };
  }

  return {
    state,
    signedOut,
    /** Continues a sign-in that was kept. Without a connection the person stays signed in, and is asked again later. */
    async resume(): Promise<void> {
      signedIn();
      await tokens.access().then(signedIn, () => undefined);
    },
    /** Signs in: shows the code, opens the confirm page, and waits for the answer. */
    async signIn(): Promise<void> {
      attempt.abort();
      attempt = new AbortController();
      const { signal: stopped } = attempt;
      state.value = { step: 'asking' };
      try {
        const request = await startDeviceFlow();
        if (stopped.aborted) return;
        state.value = { step: 'confirming', request };
        openLink(request.url);
        await tokens.adopt(await request.tokens(stopped));
        signedIn();
      } catch (error) {
        if (!stopped.aborted) signedOut(sayRefusal(error));
      }
    },
    /** Gives the attempt up. */
    cancel(): void {
      attempt.abort();
      signedOut(null);
    },
    async signOut(): Promise<void> {
      signedOut(null);
      // Forgotten here in any case; a broker that cannot be reached forgets it when the refresh token ends.
      await tokens.signOut().catch(() => undefined);
    },
  };
}

function sayRefusal(error: unknown): string {
  if (!(error instanceof OAuthRefusal)) return sayError(error);
  if (error.code === 'access_denied') return 'The sign-in was denied in the browser.';
  if (error.code === 'expired_token') return 'The code has expired. Sign in again to get a new one.';
  return 'The sign-in did not work. Try again.';
}
