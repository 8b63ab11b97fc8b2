import { createNodeRedisClient, type IRedisClient } from 'bullmq';
import { type ConnectOptions, reconnectDelay } from './client.ts';
import { newClient } from './new-client.ts';
import { openConnection } from './open-connection.ts';

/**
 * Opens a connection for one BullMQ queue or worker; a worker duplicates it for its blocking reads.
 *
 * It differs from the ledger's connection in one thing: a blocking read is silent for up to 10 s, so the socket may be
 * silent for 15 s, and is not pinged (a ping would wait behind the read). A queue fails fast while Redis is away. A
 * worker's commands wait for it instead: BullMQ asks for the next job again at once when it is told that the client is
 * offline, in a loop of microtasks that would stop the whole process, its reconnect included.
 *
 * BullMQ does not close what it was given: after closing the queue or worker, call `disconnect()` on this.
 *
 * @throws Error when the server cannot be reached within 5 s.
 */
export async function connectQueueRedis(
  { url, name, logger }: ConnectOptions,
  user: 'queue' | 'worker',
): Promise<IRedisClient> {
  const client = newClient({
    url,
    name,
    disableOfflineQueue: user === 'queue',
    // A timer per command, which covers only what is not written: nothing of a queue waits for that.
    ...(user === 'queue' && { commandOptions: { timeout: undefined } }),
    maintNotifications: 'disabled',
    socket: { connectTimeout: 2_000, socketTimeout: 15_000, reconnectStrategy: reconnectDelay },
  });
  client.on('error', (error: unknown) => logger.warn({ err: error, redis: name }, 'queue connection'));
  await openConnection(client, url);
  const connection = createNodeRedisClient(client);
  // BullMQ takes its own listeners off when it closes; an error after that would end the process.
  connection.on('error', () => undefined);
  return connection;
}
