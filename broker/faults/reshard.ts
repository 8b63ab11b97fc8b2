import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster, TestNode } from '../redis/test-cluster.ts';

/** A slot on its way to another server, in the steps of `redis-cli --cluster reshard` (redis.io/docs, "Live resharding"). */
export interface Move {
  readonly slot: string;
  readonly from: TestNode;
  readonly to: TestNode;
}

/** From now on the old server sends whoever asks for keys that it has no more to the new one (ASK). */
export async function beginMove({ slot, from, to }: Move): Promise<void> {
  await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from));
  await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to));
}

/** Meanwhile an operation whose keys are on both servers is told to try again (TRYAGAIN). */
export async function moveKeys({ slot, from, to }: Move): Promise<void> {
  for (;;) {
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, '20')) as string[];
    if (keys.length === 0) return;
    await from.command('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
    await sleep(5);
  }
}

/** From now on the new server is the one, and the others say so (MOVED). */
export async function endMove(cluster: TestCluster, { slot, from, to }: Move): Promise<void> {
  const id = await idOf(to);
  for (const node of new Set([to, from, ...cluster.masters, ...cluster.replicas])) {
    if (await isMaster(node)) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', id);
  }
}

/**
 * Has a replica take over. A server gives that up when it is not done in 5 s, as on a busy machine: it is told again.
 * @param how `TAKEOVER`: without asking its master, or anybody.
 */
export async function takeOver(replica: TestNode, ...how: 'TAKEOVER'[]): Promise<void> {
  for (;;) {
    await replica.command('CLUSTER', 'FAILOVER', ...how);
    for (const end = performance.now() + 6_000; performance.now() < end; await sleep(50)) {
      if (await isMaster(replica)) return;
    }
  }
}

async function isMaster(node: TestNode): Promise<boolean> {
  return String(await node.command('ROLE')).startsWith('master');
}

async function idOf(node: TestNode): Promise<string> {
  return String(await node.command('CLUSTER', 'MYID'));
}
