import { readFile } from 'node:fs/promises';
import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';

const Jwk = z.object({ kty: z.literal('EC'), crv: z.string(), x: z.string(), y: z.string() });
const Jwks = z.object({ keys: z.array(z.unknown()) });

/** How long a broker may take to show its keys, in ms. */
const PATIENCE_MS = 10_000;

/**
 * The thumbprints (RFC 7638) of the keys that somebody trusts.
 * @param where a file with a JWK or a JWK Set, or the address of one, such as a broker's `/oauth/jwks`.
 * @throws Error when there is no key to be read.
 */
export async function readTrustedKeys(where: string): Promise<ReadonlySet<string>> {
  const parsed: unknown = JSON.parse(await read(where));
  const set = Jwks.safeParse(parsed);
  const keys = (set.success ? set.data.keys : [parsed]).flatMap((key) => Jwk.safeParse(key).data ?? []);
  if (keys.length === 0) throw new Error(`${where} has no public key of an elliptic curve`);
  return new Set(await Promise.all(keys.map((key) => calculateJwkThumbprint(key))));
}

async function read(where: string): Promise<string> {
  if (!/^https?:\/\//.test(where)) return readFile(where, 'utf8');
  const response = await fetch(where, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`${where} answered ${response.status}`);
  return response.text();
}
