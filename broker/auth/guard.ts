import { hash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { Limits } from '../limits/limits.ts';
import { networkOf } from '../limits/network.ts';
import { API_SCOPE, audienceOf, issuerOf } from './identity.ts';
import type { Keys } from './keys.ts';
import { createRemembered } from './remembered.ts';

/** In whose name an API request is made. */
export interface TokenAccount {
  readonly accountId: string;
  readonly name: string;
}

export interface GuardOptions {
  readonly publicUrl: string;
  readonly keys: Pick<Keys, 'jwks'>;
  readonly limits: Pick<Limits, 'address' | 'account'>;
  /** ms since 1970 */
  readonly clock?: () => number;
}

/** Verified tokens that are remembered: an ES256 verification costs more than the rest of most requests. */
const MOST_REMEMBERED = 10_000;

const CLOCK_TOLERANCE_SECONDS = 5;

const Claims = z.object({
  sub: z.string().min(1),
  name: z.string().default(''),
  exp: z.number(),
  scope: z.string().refine((scope) => scope.split(' ').includes(API_SCOPE)),
});

/**
 * Lets requests with a valid access token through, see {@link accountOf}: signed by us with ES256, `typ: at+jwt`, for
 * this API, not expired (RFC 9068 §4, RFC 8725 §3). The others get 401 `unauthenticated` (RFC 6750 §3).
 *
 * Each request counts for its account. A token that is new here counts for its address before it is verified, so that
 * made-up ones cannot keep the broker busy verifying them.
 */
export function createTokenGuard({ publicUrl, keys, limits, clock = Date.now }: GuardOptions): RequestHandler {
  const keySet = createLocalJWKSet({ keys: keys.jwks.keys.map(({ d: _private, ...key }) => key) });
  const expected = {
    algorithms: ['ES256'],
    issuer: issuerOf(publicUrl),
    audience: audienceOf(publicUrl),
    typ: 'at+jwt',
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  };
  const remembered = createRemembered<TokenAccount>(MOST_REMEMBERED);

  async function verify(token: string, digest: string): Promise<TokenAccount> {
    const { payload } = await jwtVerify(token, keySet, { ...expected, currentDate: new Date(clock()) });
    const { sub, name, exp } = Claims.parse(payload);
    const account = { accountId: sub, name };
    remembered.keep(digest, account, exp * 1000);
    return account;
  }

  return async function requireToken(req, res, next) {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(req.get('Authorization') ?? '')?.[1];
    if (!token) {
      res.set('WWW-Authenticate', 'Bearer');
      throw new InkpotError('unauthenticated');
    }
    const digest = hash('sha256', token, 'base64url');
    let account = remembered.recall(digest, clock());
    if (!account) {
      await limits.address.take(networkOf(req.ip));
      account = await verify(token, digest).catch((cause: unknown) => {
        res.set('WWW-Authenticate', 'Bearer error="invalid_token"');
        throw new InkpotError('unauthenticated', { detail: 'Your sign-in has run out: sign in again.', cause });
      });
    }
    await limits.account.take(account.accountId);
    res.locals.account = account;
    next();
  };
}

/** The account that `requireToken` let through. */
export function accountOf(res: Response): TokenAccount {
  return res.locals.account;
}
