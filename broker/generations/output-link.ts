import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { InkpotError } from '../../shared/errors.ts';
import type { Target } from '../assets/store.ts';

/** Seconds for which a link leads to its file: long enough to be opened in a browser, too short to be passed around. */
export const LINK_LIFETIME = 300;

const AUDIENCE = 'inkpot:output';
const TYPE = 'output+jwt';

const Claims = z.object({ sub: z.string(), n: z.int().min(0) });

/** Signs a link's last part (JWS, HS256: only this broker makes and reads links). Whoever has it may see the file. */
export async function signLink(
  key: Uint8Array,
  { generationId, index }: Target,
  now: number,
): Promise<{ token: string; expiresAt: Date }> {
  const end = Math.floor(now / 1000) + LINK_LIFETIME;
  const token = await new SignJWT({ n: index })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE })
    .setSubject(generationId)
    .setAudience(AUDIENCE)
    .setExpirationTime(end)
    .sign(key);
  return { token, expiresAt: new Date(end * 1000) };
}

/**
 * What a link that this broker has signed leads to.
 * @throws InkpotError `not_found` when it is over, or was never signed.
 */
export async function readLink(key: Uint8Array, token: string, now: number): Promise<Target> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      typ: TYPE,
      currentDate: new Date(now),
    });
    const { sub, n } = Claims.parse(payload);
    return { generationId: sub, index: n };
  } catch (cause) {
    throw new InkpotError('not_found', { detail: 'This link is over: ask for a new one.', cause });
  }
}
