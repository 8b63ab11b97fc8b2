import type { GenerationAnswer } from '../../../shared/api/generations.ts';
import { InkpotError } from '../../../shared/errors.ts';
import type { Broker } from '../api/broker.ts';
import { isPassing } from '../api/follow-generation.ts';
import type { Wait } from '../clock.ts';
import type { SentOrder } from './order.ts';

/** Between two attempts, in ms. */
const PAUSES = [1_000, 3_000, 6_000] as const;

/**
 * Sends an order until it is answered. Each attempt has the click's own key, so that an attempt that did arrive is
 * answered again and never paid again.
 * @throws InkpotError what the broker refuses; BrokerFault when no attempt was answered.
 */
export async function sendOrder(
  { broker, wait }: { readonly broker: Pick<Broker, 'generate'>; readonly wait: Wait },
  ticket: string,
  { request }: Pick<SentOrder, 'request'>,
): Promise<GenerationAnswer> {
  for (const pause of PAUSES) {
    try {
      return await broker.generate(request, ticket);
    } catch (error) {
      const stillRunning = error instanceof InkpotError && error.code === 'idempotency_key_in_use';
      if (!stillRunning && !isPassing(error)) throw error;
    }
    await wait(pause);
  }
  return broker.generate(request, ticket);
}
