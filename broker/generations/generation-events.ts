import type { Logger } from 'pino';
import { z } from 'zod';
import type { RedisClient } from '../redis/connect.ts';

/** Something changed: how far the provider is, where it says so. The record itself is read again by who listens. */
const Change = z.object({ progress: z.number().min(0).max(1).nullable() });
export type Change = z.infer<typeof Change>;

/** Tells every broker's listeners that a generation has changed. Delivery is not promised: a change is a hint. */
export interface GenerationEvents {
  publish(generationId: string, change: Change): Promise<void>;
  /** @returns how to stop listening. */
  subscribe(generationId: string, listener: (change: Change) => void): Promise<() => Promise<void>>;
}

/**
 * Changes over Redis pub/sub.
 * @param subscriber a connection of its own: one that subscribes can do little else.
 */
export function createGenerationEvents(redis: RedisClient, subscriber: RedisClient, logger: Logger): GenerationEvents {
  return {
    async publish(generationId, change) {
      try {
        await redis.publish(channelOf(generationId), JSON.stringify(change));
      } catch (err) {
        logger.warn({ err, generationId }, 'a change was not announced; listeners read it at their next look');
      }
    },
    async subscribe(generationId, listener) {
      const channel = channelOf(generationId);
      const receive = (message: string) => listener(Change.parse(JSON.parse(message)));
      await subscriber.subscribe(channel, receive);
      return async () => {
        await subscriber.unsubscribe(channel, receive);
      };
    },
  };
}

function channelOf(generationId: string): string {
  return `generation:${generationId}`;
}
