import type { StoredSession } from '../../../shared/bridge/kept.ts';
import { InkpotError } from '../../../shared/errors.ts';
import type { TokenSource } from '../api/http.ts';
import type { Now } from '../clock.ts';
import type { OAuthClient, TokenAnswer } from './oauth-client.ts';
import { OAuthRefusal } from './oauth-client.ts';

/** An access token this close to its end, in ms, is replaced before it is used. */
const MARGIN = 30_000;

/** Where the sign-in is kept between runs: Figma's storage, which only the sandbox reaches. */
export interface Vault {
  read(): Promise<StoredSession | null>;
  /** Resolves once it is stored; null forgets. @throws when it could not be stored. */
  store(session: StoredSession | null): Promise<void>;
}

export interface TokensOptions {
  /** The broker that the tokens are for. A stored sign-in of another broker is left alone. */
  readonly brokerUrl: string;
  readonly oauth: Pick<OAuthClient, 'token' | 'revoke'>;
  readonly vault: Vault;
  readonly now: Now;
  /** Called when the broker has ended the sign-in. */
  readonly onEnd: () => void;
  /** Called when a new refresh token could not be stored, so that the sign-in will not outlive this run. */
  readonly onUnstored: () => void;
}

/** The tokens of one sign-in: the access token in memory, the refresh token in the vault. */
export interface Tokens extends TokenSource {
  /** Takes the tokens of a new sign-in. */
  adopt(answer: TokenAnswer): Promise<void>;
  /** Forgets the sign-in here, and ends it at the broker if that can be reached. */
  signOut(): Promise<void>;
  /** The access token as it is now, if there is one. */
  current(): string | null;
}

export function createTokens({ brokerUrl, oauth, vault, now, onEnd, onUnstored }: TokensOptions): Tokens {
  let held: { access: string; expiresAt: number; refresh: string } | null = null;
  let renewal: Promise<string> | null = null;
  /** Whether the vault lags behind, because the newest refresh token could not be stored. */
  let unstored = false;
  /** How often one has signed out: what was asked for before the last time is not kept after it. */
  let signOuts = 0;

  /**
   * The new refresh token is stored before the old one is let go: a panel that is closed in between has the one or the
   * other, and a storage that is full costs the next run's sign-in, never this one's.
   */
  async function keep(answer: TokenAnswer, old: string | undefined, since: number): Promise<string> {
    const refresh = answer.refresh_token ?? old;
    if (refresh === undefined) throw new InkpotError('unauthenticated');
    await refuseAfterSignOut(refresh, since);
    if (refresh !== old || unstored) await store({ broker: brokerUrl, refreshToken: refresh });
    await refuseAfterSignOut(refresh, since);
    held = { access: answer.access_token, expiresAt: now() + answer.expires_in * 1000, refresh };
    return held.access;
  }

  /** @throws InkpotError when one has signed out since; the token that came too late is ended at the broker. */
  async function refuseAfterSignOut(token: string, since: number): Promise<void> {
    if (since === signOuts) return;
    await oauth.revoke(token).catch(() => undefined);
    throw new InkpotError('unauthenticated');
  }

  async function store(session: StoredSession | null): Promise<void> {
    try {
      await vault.store(session);
      unstored = false;
    } catch {
      unstored = true;
      onUnstored();
    }
  }

  async function refresh(): Promise<string> {
    const since = signOuts;
    let token = unstored ? held?.refresh : ((await stored()) ?? held?.refresh);
    for (;;) {
      if (token === undefined) throw end();
      try {
        return await keep(await oauth.token({ grant_type: 'refresh_token', refresh_token: token }), token, since);
      } catch (error) {
        if (!(error instanceof OAuthRefusal)) throw error;
        // Another open file may have replaced the token between our reading and our asking.
        const newer = await stored();
        if (newer === undefined || newer === token) {
          await store(null);
          throw end();
        }
        token = newer;
      }
    }
  }

  async function stored(): Promise<string | undefined> {
    const session = await vault.read();
    return session?.broker === brokerUrl ? session.refreshToken : undefined;
  }

  function end(): InkpotError {
    held = null;
    onEnd();
    return new InkpotError('unauthenticated');
  }

  /** One refresh at a time: a second one would use a token that the first has already replaced. */
  function renewOnce(): Promise<string> {
    renewal ??= refresh().finally(() => {
      renewal = null;
    });
    return renewal;
  }

  return {
    async access() {
      return held && held.expiresAt - now() > MARGIN ? held.access : renewOnce();
    },
    async renew(refused) {
      return held && held.access !== refused ? held.access : renewOnce();
    },
    async adopt(answer) {
      await keep(answer, undefined, signOuts);
    },
    async signOut() {
      signOuts += 1;
      const token = held?.refresh ?? (await stored());
      held = null;
      await store(null);
      if (token !== undefined) await oauth.revoke(token);
    },
    current: () => held?.access ?? null,
  };
}
