import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';

/** What came of a typed code. `gone`: it has expired, was used, or was never asked for by this browser. */
type CodeCheck =
  | { readonly outcome: 'right'; readonly email: string }
  | { readonly outcome: 'wrong'; readonly triesLeft: number }
  | { readonly outcome: 'gone' };

export interface SignInCodes {
  /** Makes a code for an address, in place of any earlier one of this browser. @returns the 6 digits to mail. */
  issue(browserId: string, email: string): Promise<string>;
  /** The address that this browser's code was sent to, while it is good. */
  pending(browserId: string): Promise<string | undefined>;
  /** Checks a typed code; a right one is used up by it, and so is any after 5 wrong ones. */
  check(browserId: string, typed: string): Promise<CodeCheck>;
}

/** How long a code works, in ms. */
const CODE_MS = 10 * 60_000;

const MOST_TRIES = 5;

const Stored = z.object({
  email: z.string(),
  code: z.string(),
  tries: z.coerce.number().default(0),
});

/**
 * Six-digit sign-in codes. A code is kept as a hash over it and the browser's secret id, which Redis does not have: a
 * million guesses at a copy of Redis find nothing, and a code that was read over a shoulder works in no other browser.
 */
export function createSignInCodes(redis: RedisClient): SignInCodes {
  return {
    async issue(browserId, email) {
      const code = randomInt(0, 1_000_000).toString().padStart(6, '0');
      const key = keyOf(browserId);
      const fields = { email, code: hashOf(browserId, code) };
      await repeatUntilKnown(() => redis.multi().del(key).hSet(key, fields).pExpire(key, CODE_MS).exec());
      return code;
    },
    async pending(browserId) {
      return (await repeatUntilKnown(() => redis.hGet(keyOf(browserId), 'email'))) ?? undefined;
    },
    async check(browserId, typed) {
      const key = keyOf(browserId);
      // Counted before it is looked at, so that guesses sent all at once are five as well.
      const [, , fields] = await redis.multi().hIncrBy(key, 'tries', 1).pExpire(key, CODE_MS, 'NX').hGetAll(key).exec();
      const stored = Stored.safeParse({ ...Object(fields) });
      if (!stored.success || stored.data.tries > MOST_TRIES) {
        await redis.del(key);
        return { outcome: 'gone' };
      }
      const { email, code, tries } = stored.data;
      const given = hashOf(browserId, typed.replace(/\D/g, ''));
      if (!timingSafeEqual(Buffer.from(given), Buffer.from(code))) {
        if (tries === MOST_TRIES) await redis.del(key);
        return tries === MOST_TRIES ? { outcome: 'gone' } : { outcome: 'wrong', triesLeft: MOST_TRIES - tries };
      }
      // Two requests may carry the right code; only the one that removes it signs in.
      return (await redis.del(key)) === 1 ? { outcome: 'right', email } : { outcome: 'gone' };
    },
  };
}

function keyOf(browserId: string): string {
  return `sign-in:${createHash('sha256').update(browserId).digest('base64url')}`;
}

function hashOf(browserId: string, code: string): string {
  return createHash('sha256').update(`${browserId}:${code}`).digest('base64url');
}
