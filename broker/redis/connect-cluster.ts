import { createCluster, ErrorReply } from 'redis';
import { type ConnectOptions, LEDGER_SETTINGS, type RedisClient } from './client.ts';
import { hasSuccessor } from './has-successor.ts';
import { openConnection } from './open-connection.ts';
import { reconnectWhenSilent } from './reconnect-when-silent.ts';
import { createReplication } from './replication.ts';
import { setTopology } from './topology.ts';

/** After how long without one of its servers a cluster is asked who has its keys now, in ms. */
const REFRESH = 500;

/**
 * Opens connections to all masters of a cluster, each as the ledger's connection to a single server is. Every ledger
 * operation then also waits for one replica: a cluster promotes replicas, and what none has is lost with its master.
 *
 * @param urls some of its servers, the same user and password for all.
 * @throws Error when none can be reached within 5 s.
 */
export async function connectCluster(
  urls: readonly string[],
  { name, logger }: Omit<ConnectOptions, 'url'>,
): Promise<RedisClient> {
  const [first = ''] = urls;
  const { username, password, protocol } = new URL(first);
  const { socket, RESP, ...settings } = LEDGER_SETTINGS;
  const cluster = createCluster({
    RESP,
    rootNodes: urls.map((url) => ({ url })),
    defaults: {
      ...settings,
      name,
      socket: { ...socket, ...(protocol === 'rediss:' && { tls: true }) },
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    },
    topologyRefreshOnReconnectionAttemptStrategy: REFRESH,
  });
  cluster.on('error', (error: unknown) => logger.warn({ err: error, redis: name }, 'redis cluster'));
  cluster.on('node-error', (error: unknown) => logger.warn({ err: error, redis: name }, 'redis connection'));
  const watched = new WeakSet<object>();
  cluster.on('node-ready', ({ host, port }: { host: string; port: number }) => {
    const client = cluster.nodeByAddress.get(`${host}:${port}`)?.client;
    if (!client || watched.has(client)) return;
    watched.add(client);
    reconnectWhenSilent(client, logger);
  });
  await openConnection(cluster, first);
  // It has the same commands. What it lacks is asked of its masters, through the topology.
  const redis = cluster as unknown as RedisClient;
  const replicate = createReplication<RedisClient>(async (node) =>
    hasSuccessor(String(await node.sendCommand(['CLUSTER', 'NODES']))),
  );
  setTopology(redis, {
    isCluster: true,
    masters: () => Promise.all(cluster.masters.map((node) => cluster.nodeClient(node))),
    async durably(key, act) {
      // Not by the cluster, which would follow to a server that a slot is still on its way to (ASK), and not say so.
      const node = await cluster.getNodeClientForKey(key);
      const done = await act(node).catch(async (error: unknown) => {
        // It asks who has the slots now when it is told that this one has moved.
        if (error instanceof ErrorReply && error.message.startsWith('MOVED')) await cluster.type(key);
        throw error;
      });
      await replicate(node);
      return done;
    },
  });
  return redis;
}
