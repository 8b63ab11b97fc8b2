import type { createClient } from 'redis';

/** What the room needs of a logger; a pino logger fits. */
export interface RedisLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** The connection to Redis, one server or a cluster, as every room of the broker receives it. */
export type RedisClient = ReturnType<
  typeof createClient<Record<never, never>, Record<never, never>, Record<never, never>, 3>
>;

export interface ConnectOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`; several with commas between for a cluster */
  readonly url: string;
  /** Shown by `CLIENT LIST` and in the log. */
  readonly name: string;
  readonly logger: RedisLogger;
}

/** The addresses in a list; a password may hold a comma too. */
export function splitUrls(list: string): string[] {
  return list.split(/,(?=rediss?:\/\/)/);
}

/** Milliseconds to wait before reconnect attempt `attempt`: 50, 100, … 1,000, with up to a third of jitter. */
export function reconnectDelay(attempt: number): number {
  const delay = Math.min(50 * 2 ** Math.min(attempt, 10), 1_000);
  return Math.round(delay * (1 + Math.random() / 3));
}

/** What every connection has on which money moves (design/ledger.md, "Connections"). */
export const LEDGER_SETTINGS = {
  RESP: 3,
  disableOfflineQueue: true,
  commandsQueueMaxLength: 5_000,
  maintNotifications: 'disabled',
  pingInterval: 1_000,
  // Its timer per command costs a third of a hold, and covers only what is not written; silence is watched below.
  commandOptions: { timeout: undefined },
  socket: { connectTimeout: 2_000, socketTimeout: 3_000, reconnectStrategy: reconnectDelay },
} as const;
