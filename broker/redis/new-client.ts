import { createClient, type RedisClientOptions } from 'redis';
import type { RedisClient } from './client.ts';

type None = Record<never, never>;

/** Never connects. */
const blank: RedisClient = createClient<None, None, None, 3>({ RESP: 3, maintNotifications: 'disabled' });

/**
 * A connection to one server, speaking RESP 3, not opened yet.
 *
 * node-redis makes a class with every command of Redis and its modules for each set of options that it has not just seen,
 * which takes some 20 ms; a duplicate has the class of the first one, whatever its options.
 */
export function newClient(options: Omit<RedisClientOptions<None, None, None, 3>, 'RESP'>): RedisClient {
  // Its type forgets the modules, its class does not.
  return blank.duplicate<None, None, None, 3>(options) as RedisClient;
}
