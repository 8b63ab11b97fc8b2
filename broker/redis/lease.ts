import { randomUUID } from 'node:crypto';
import type { RedisClient } from './connect.ts';
import { repeatUntilKnown } from './repeat-until-known.ts';

/** KEYS[1] the lease. ARGV: our token, ms to keep it; 0 gives it up. Only its holder may. */
const KEEP = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** How long a lease outlives a holder that died, in ms. */
const LEASE_MS = 30_000;

/**
 * Does a piece of work that one broker at a time should do. A holder that is cut off from Redis for longer than the lease
 * may find another at it, so the work must be safe to do twice at once: the lease saves work, it guards nothing.
 *
 * @returns what `work` returned, or null when another has the lease.
 */
export async function withLease<T>(redis: RedisClient, name: string, work: () => Promise<T>): Promise<T | null> {
  const key = `lease:${name}`;
  const token = randomUUID();
  const expiration = { type: 'PX', value: LEASE_MS } as const;
  const taken = await repeatUntilKnown(() => redis.set(key, token, { condition: 'NX', expiration, GET: true }));
  // A repeat whose first attempt got through finds its own token.
  if (taken !== null && taken !== token) return null;
  const keep = (ms: number) => redis.eval(KEEP, { keys: [key], arguments: [token, String(ms)] });
  const timer = setInterval(() => void keep(LEASE_MS).catch(() => undefined), LEASE_MS / 3).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // One that cannot be given up now ends by itself.
    await keep(0).catch(() => undefined);
  }
}
