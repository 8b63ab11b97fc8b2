import { withDeadline } from './deadline.ts';

/** Longest wait for a first connection, in ms. Later ones are tried for ever. */
const FIRST_CONNECTION_MS = 5_000;

interface Connectable {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}

/**
 * Opens a connection whose reconnect strategy never gives up, but gives up its first attempt: a wrong address or
 * password should stop the start with a message, not leave it waiting.
 *
 * @throws Error with the last connection error as its cause.
 */
export async function openConnection(client: Connectable, url: string): Promise<void> {
  let last: unknown;
  const remember = (error: unknown) => {
    last = error;
  };
  client.on('error', remember);
  try {
    await withDeadline(FIRST_CONNECTION_MS, () => client.connect());
  } catch (error) {
    client.destroy();
    const cause = last ?? error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Redis cannot be reached at ${new URL(url).host}: ${why}`, { cause });
  } finally {
    client.off('error', remember);
  }
}
