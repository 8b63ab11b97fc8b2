import type { RedisClient } from './client.ts';

/** What a connection knows beyond the commands. */
interface Topology {
  /** Whether commands about different keys may go to different servers, and so overtake each other. */
  readonly isCluster: boolean;
  /** A connection to each server that owns keys. */
  masters(): Promise<RedisClient[]>;
  /** Resolves when a replica has everything that was written so far to the server of this key. */
  replicate(key: string): Promise<void>;
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
 * Waits until what was written under this key survives the loss of its server (design/ledger.md, rule 7). Without
 * replicas that is so once the server has answered.
 * @throws Error when no replica has it in time: whether it stays is then unknown.
 */
export async function untilReplicated(redis: RedisClient, key: string): Promise<void> {
  await topologies.get(redis)?.replicate(key);
}
