import { type ConnectOptions, LEDGER_SETTINGS, type RedisClient } from './client.ts';
import { newClient } from './new-client.ts';
import { openConnection } from './open-connection.ts';
import { readInfo } from './read-info.ts';
import { reconnectWhenSilent } from './reconnect-when-silent.ts';
import { createReplication } from './replication.ts';
import { setTopology } from './topology.ts';

/**
 * Opens the connection to one server on which money moves. It never gives up reconnecting, never queues a command while
 * it is offline (the command would run after its caller has gone), and never sends a written command twice.
 *
 * @throws Error when the server cannot be reached within 5 s.
 */
export async function connectServer({ url, name, logger }: ConnectOptions): Promise<RedisClient> {
  const client = newClient({ ...LEDGER_SETTINGS, socket: { ...LEDGER_SETTINGS.socket }, url, name });
  client.on('error', (error: unknown) => logger.warn({ err: error, redis: name }, 'redis connection'));
  client.on('ready', () => logger.info({ redis: name }, 'redis connected'));
  reconnectWhenSilent(client, logger);
  await openConnection(client, url);
  return client;
}

/**
 * Has every ledger operation wait for a replica of a single server, while there is one (design/ledger.md, rule 7). Nobody
 * promotes it without the operator, so a server whose replica has gone away goes on alone.
 */
export async function waitForReplicas(client: RedisClient): Promise<void> {
  let isFollowed = false;
  const look = async () => {
    const { connected_slaves: count } = readInfo(String(await client.info('replication')));
    isFollowed = count !== undefined && count !== '0';
    return isFollowed;
  };
  const confirm = createReplication<RedisClient>(look);
  await look();
  // Once a second, as the connection is pinged.
  client.on('ping-interval', () => void look().catch(() => undefined));
  setTopology(client, {
    isCluster: false,
    masters: async () => [client],
    async durably(_key, act) {
      const done = await act(client);
      if (isFollowed) await confirm(client);
      return done;
    },
  });
}
