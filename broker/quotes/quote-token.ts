import { hash } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Settings } from '../../shared/catalogue/settings.ts';
import type { Millicredits } from '../../shared/credits.ts';
import { millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import { createRemembered } from '../auth/remembered.ts';

/** Seconds for which a price is good (design/product.md, "The words"). */
export const QUOTE_LIFETIME = 600;

const AUDIENCE = 'inkpot:quote';
const TYPE = 'quote+jwt';

/** What a quote promises: this account pays at most this much for exactly this request. */
export interface QuoteTerms {
  readonly accountId: string;
  readonly poolId: string;
  readonly modelId: string;
  readonly settings: Settings;
  readonly ceiling: Millicredits;
}

/** A quote's promise as it is read back: the settings only as their hash. */
export interface VerifiedQuote {
  readonly poolId: string;
  readonly modelId: string;
  readonly ceiling: Millicredits;
  /** Whether its ten minutes are over. A repeat of a request that was accepted in time may still show it. */
  readonly expired: boolean;
}

const Claims = z.object({
  sub: z.string(),
  pool: z.string(),
  model: z.string(),
  settings: z.string(),
  ceiling: z.int().positive(),
  exp: z.int(),
});
type Claims = z.infer<typeof Claims>;

/** As many as are signed in ten busy minutes. */
const MOST_REMEMBERED = 10_000;

/** Signs a ceiling (JWS, HS256: only this broker makes and reads quotes). */
export async function signQuote(
  key: Uint8Array,
  terms: QuoteTerms,
  now: number,
): Promise<{ token: string; expiresAt: Date }> {
  const issued = Math.floor(now / 1000);
  const token = await new SignJWT({
    pool: terms.poolId,
    model: terms.modelId,
    settings: settingsHash(terms.settings),
    ceiling: terms.ceiling,
  })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE })
    .setSubject(terms.accountId)
    .setAudience(AUDIENCE)
    .setIssuedAt(issued)
    .setExpirationTime(issued + QUOTE_LIFETIME)
    .sign(key);
  return { token, expiresAt: new Date((issued + QUOTE_LIFETIME) * 1000) };
}

/** What a quote must have been signed for. */
interface Asked {
  readonly accountId: string;
  readonly settings: Settings;
}

/**
 * Reads a quote that a broker with this key has signed for this account and these settings.
 * @throws InkpotError `quote_mismatch`.
 */
export type QuoteReader = (token: string, asked: Asked, now: number) => Promise<VerifiedQuote>;

/** Signatures are verified once: that costs more than the rest of the check, and clients repeat what was not answered. */
export function createQuoteReader(key: Uint8Array): QuoteReader {
  const verified = createRemembered<Claims>(MOST_REMEMBERED);
  return async (token, asked, now) => {
    const digest = hash('sha256', token, 'base64url');
    let claims = verified.recall(digest, now);
    if (!claims) {
      claims = await readClaims(key, token);
      verified.keep(digest, claims, claims.exp * 1000);
    }
    return termsOf(claims, asked, now);
  };
}

function termsOf(claims: Claims, asked: Asked, now: number): VerifiedQuote {
  if (claims.sub !== asked.accountId || claims.settings !== settingsHash(asked.settings)) {
    throw new InkpotError('quote_mismatch');
  }
  return {
    poolId: claims.pool,
    modelId: claims.model,
    ceiling: millicredits(claims.ceiling),
    expired: claims.exp * 1000 <= now,
  };
}

async function readClaims(key: Uint8Array, token: string): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      typ: TYPE,
      // Its age is told by `expired`, so here every quote counts as young.
      currentDate: new Date(0),
    });
    return Claims.parse(payload);
  } catch (cause) {
    throw new InkpotError('quote_mismatch', { cause });
  }
}

/** The same settings give the same hash, in whatever order their fields came. */
function settingsHash(settings: Settings): string {
  const ordered = JSON.stringify(settings, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return hash('sha256', ordered, 'base64url');
}
