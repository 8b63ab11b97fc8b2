import type { RedisClient } from './client.ts';

/** What is done on the connection to one server. */
type Act<T> = (server: RedisClient) => Promise<T>;

/** What a connection knows beyond the commands. */
interface Topology {
  /** Whether commands about different keys may go to different servers, and so overtake each other. */
  readonly isCluster: boolean;
  /** A connection to each server that owns keys. */
  masters(): Promise<RedisClient[]>;
  /** See {@link durably}. */
  durably<T>(key: string, act: Act<T>): Promise<T>;
}

const topologies = new WeakMap<RedisClient, Topology>();

/** Says of a client what stands behind it. */
export function setTopology(redis: RedisClient, topology: Topology): void {
  topologies.set(redis, topology);
}

/** Whether commands about different keys may go to different servers, and so overtake each other. */
export function isCluster(redis: RedisClient): boolean {
  return topologies.get(redis)?.isCluster ?? false;
}

/** A connection to each server that owns keys, for what is asked of a server and not of a key: INFO, CONFIG, SCAN. */
export async function mastersOf(redis: RedisClient): Promise<RedisClient[]> {
  return topologies.get(redis)?.masters() ?? [redis];
}

/**
 * Does something to a key, and waits until what was written, or read, survives the loss of the key's server
 * (design/ledger.md, rule 7), both on the one connection that it is given. Without replicas that is so once the server has
 * answered.
 * @throws Error when no replica has it in time, whether it stays is then unknown; and what `act` throws.
 */
export async function durably<T>(redis: RedisClient, key: string, act: Act<T>): Promise<T> {
  return topologies.get(redis)?.durably(key, act) ?? act(redis);
}
