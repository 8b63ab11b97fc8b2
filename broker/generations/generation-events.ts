import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';
import { jsonText } from './json-text.ts';

/** Something changed: how far the provider is, where it says so. The record itself is read again by who listens. */
const Change = z.object({ progress: z.number().min(0).max(1).nullable() });
export type Change = z.infer<typeof Change>;

const Message = jsonText(Change);

/** Tells every broker's listeners that a generation has changed. Delivery is not promised: a change is a hint. */
export interface GenerationEvents {
  publish(generationId: string, change: Change): Promise<void>;
  /** @returns how to stop listening. */
  subscribe(generationId: string, listener: (change: Change) => void): () => void;
}

const CHANNEL = 'generation:';

/**
 * Changes over Redis pub/sub. A broker subscribes once, to all of them, and hands them on by itself: so who listens
 * neither waits for Redis nor leaves a subscription behind when Redis is away at the moment of leaving.
 * @param subscriber a connection of its own, which renews the subscription whenever it reconnects.
 */
export async function createGenerationEvents(
  redis: RedisClient,
  subscriber: RedisClient,
  logger: Logger,
): Promise<GenerationEvents> {
  const listeners = new EventEmitter<Record<string, [Change]>>().setMaxListeners(0);
  await subscriber.pSubscribe(`${CHANNEL}*`, (message, channel) => {
    const generationId = channel.slice(CHANNEL.length);
    if (listeners.listenerCount(generationId) === 0) return;
    // Whatever is thrown in here would end the process.
    const change = Message.safeParse(message);
    if (change.success) listeners.emit(generationId, change.data);
    else logger.warn({ generationId }, 'an announcement that is none of ours');
  });
  return {
    async publish(generationId, change) {
      try {
        await redis.publish(`${CHANNEL}${generationId}`, JSON.stringify(change));
      } catch (err) {
        logger.warn({ err, generationId }, 'a change was not announced; listeners read it at their next look');
      }
    },
    subscribe(generationId, listener) {
      listeners.on(generationId, listener);
      return () => listeners.off(generationId, listener);
    },
  };
}
