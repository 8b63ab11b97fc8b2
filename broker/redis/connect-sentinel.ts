import { askSentinels, type Named } from './ask-sentinels.ts';
import type { ConnectOptions, RedisClient } from './client.ts';
import { connectServer } from './connect-server.ts';
import { createReplication } from './replication.ts';
import type { WatchedMaster } from './sentinel-url.ts';
import { setTopology } from './topology.ts';

/** How often the sentinels are asked who the master is, in ms. */
const EVERY_MS = 1_000;

/**
 * Opens the connection to the master that sentinels name, and follows them to the next one. What is under way on a lost
 * master is rejected, as on any lost connection: nothing is sent twice. While the sentinels know a replica, every ledger
 * operation waits for one (design/ledger.md, rule 7), so that the one that is promoted has all that was acknowledged; a
 * master that was cut off from its replicas and does not know of its successor acknowledges nothing.
 *
 * @throws Error when no sentinel names the master, or it cannot be reached within 5 s.
 */
export async function connectSentinel(
  watched: WatchedMaster,
  { name, logger }: Omit<ConnectOptions, 'url'>,
): Promise<RedisClient> {
  let named = await askSentinels(watched);
  let current = await connectTo(named);
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function connectTo({ address }: Named): Promise<RedisClient> {
    return connectServer({ url: `${watched.prefix}${address}`, name, logger });
  }

  async function follow(): Promise<void> {
    try {
      const told = await askSentinels(watched);
      if (told.address !== named.address) {
        const next = await connectTo(told);
        logger.info({ redis: name, master: told.address }, 'following the sentinels to another master');
        current.destroy();
        current = next;
      }
      named = told;
    } catch (error) {
      logger.warn({ err: error, redis: name }, 'sentinels');
    }
    // Its connection was opened while this was waited for.
    if (isStopped) current.destroy();
    else timer = setTimeout(follow, EVERY_MS).unref();
  }
  timer = setTimeout(follow, EVERY_MS).unref();

  const stop = () => {
    isStopped = true;
    clearTimeout(timer);
    current.destroy();
  };
  // Whatever is asked of it goes to the master of the moment.
  const redis = new Proxy({} as RedisClient, {
    get(_target, property) {
      if (property === 'destroy') return stop;
      const value: unknown = Reflect.get(current, property, current);
      return typeof value === 'function' ? value.bind(current) : value;
    },
  });
  const confirm = createReplication<RedisClient>(async () => named.hasReplica);
  setTopology(redis, {
    isCluster: false,
    masters: async () => [redis],
    async durably(_key, act) {
      const master = current;
      const done = await act(master);
      if (named.hasReplica) await confirm(master);
      return done;
    },
  });
  return redis;
}
