import { z } from 'zod';
import { withDeadline } from './deadline.ts';
import { newClient } from './new-client.ts';
import type { WatchedMaster } from './sentinel-url.ts';

/** How long one sentinel may take, in ms. */
const PATIENCE = 1_000;

/** What a sentinel says. */
export interface Named {
  /** `host:port` of the master now. */
  readonly address: string;
  /** Whether it has a replica that could be promoted, be it reachable now or not. */
  readonly hasReplica: boolean;
}

const Address = z.tuple([z.string(), z.string()]).transform(([host, port]) => `${host}:${port}`);

/**
 * Asks the sentinels, one after the other, until one knows the master.
 * @throws Error with the last one's fault as its cause, when none does.
 */
export async function askSentinels({ sentinels, master }: WatchedMaster): Promise<Named> {
  let cause: unknown;
  for (const sentinel of sentinels) {
    try {
      return await withDeadline(PATIENCE, () => ask(sentinel, master));
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`No sentinel names the master ${master}`, { cause });
}

async function ask({ host, port }: WatchedMaster['sentinels'][number], master: string): Promise<Named> {
  const socket = { host, port, connectTimeout: PATIENCE, reconnectStrategy: false } as const;
  const client = newClient({ socket, maintNotifications: 'disabled' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const address = Address.parse(await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master]));
    const replicas = z.array(z.unknown()).parse(await client.sendCommand(['SENTINEL', 'REPLICAS', master]));
    return { address, hasReplica: replicas.length > 0 };
  } finally {
    if (client.isOpen) client.destroy();
  }
}
