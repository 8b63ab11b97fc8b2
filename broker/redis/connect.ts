import { createClient } from 'redis';
import { openConnection } from './open-connection.ts';
import { reconnectWhenSilent } from './reconnect-when-silent.ts';

/** What the room needs of a logger; a pino logger fits. */
export interface RedisLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** One connection to one Redis server, as every room of the broker receives it. */
export type RedisClient = ReturnType<
  typeof createClient<Record<never, never>, Record<never, never>, Record<never, never>, 3>
>;

export interface ConnectOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]` */
  readonly url: string;
  /** Shown by `CLIENT LIST` and in the log. */
  readonly name: string;
  readonly logger: RedisLogger;
}

/** Milliseconds to wait before reconnect attempt `attempt`: 50, 100, … 1,000, with up to a third of jitter. */
export function reconnectDelay(attempt: number): number {
  const delay = Math.min(50 * 2 ** Math.min(attempt, 10), 1_000);
  return Math.round(delay * (1 + Math.random() / 3));
}

/**
 * Opens the connection on which money moves. It never gives up reconnecting, never queues a command while it is
 * offline (the command would run after its caller has gone), and never sends a written command twice.
 * Settings: design/ledger.md, "Connections".
 *
 * @throws Error when the server cannot be reached within 5 s.
 */
export async function connectRedis({ url, name, logger }: ConnectOptions): Promise<RedisClient> {
  const client = createClient({
    url,
    name,
    RESP: 3,
    disableOfflineQueue: true,
    commandsQueueMaxLength: 5_000,
    maintNotifications: 'disabled',
    pingInterval: 1_000,
    // Its timer per command costs a third of a hold, and covers only what is not written; silence is watched below.
    commandOptions: { timeout: undefined },
    socket: { connectTimeout: 2_000, socketTimeout: 3_000, reconnectStrategy: reconnectDelay },
  });
  client.on('error', (error: unknown) => logger.warn({ err: error, redis: name }, 'redis connection'));
  client.on('ready', () => logger.info({ redis: name }, 'redis connected'));
  reconnectWhenSilent(client, logger);
  await openConnection(client, url);
  return client;
}
