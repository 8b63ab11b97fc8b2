import { credits } from '../../../shared/credits.ts';
import { loadKeys } from '../../auth/keys.ts';
import { createLedger } from '../../ledger/index.ts';
import { signQuote } from '../../quotes/quote-token.ts';
import type { RedisClient } from '../../redis/connect.ts';
import { createPerson } from '../../testing/person.ts';

/** A request as it goes over the wire. */
export interface Click {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Everybody who clicks. */
export interface Designers {
  /** The next one's next click, each with a key of its own. */
  click(): Click;
  /** Gives back what is held, and empties the queue, so that all may click again. */
  settle(): Promise<number>;
}

const SETTINGS = {
  prompt: 'a lighthouse at dusk, in thick strokes',
  size: { kind: 'pixels' as const, width: 1024, height: 1024 },
  count: 1,
  seed: 1,
};

/** More credits than anybody can hold at once. */
const FUNDS = 1_000;

/** People with an account, credits, a token and a quote, as the broker at `publicUrl` gives them. */
export async function createDesigners(redis: RedisClient, publicUrl: string, count: number): Promise<Designers> {
  const { quoteKey } = await loadKeys(redis);
  const ledger = createLedger(redis);
  const people = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const person = await createPerson(redis, publicUrl, `bench${index}@example.com`);
      await person.topUp(FUNDS);
      const { accountId, poolId, token } = person;
      const terms = { accountId, poolId, modelId: 'sketch', settings: SETTINGS, ceiling: credits(1) };
      const quote = await signQuote(quoteKey, terms, Date.now());
      return { poolId, token, body: JSON.stringify({ quote: quote.token, settings: SETTINGS }) };
    }),
  );
  let clicks = 0;
  return {
    click() {
      const { token, body } = people[clicks % people.length] ?? { token: '', body: '' };
      clicks += 1;
      const headers = {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': `bench-${clicks}`,
      };
      return { method: 'POST', path: '/v1/generations', headers, body };
    },
    async settle() {
      let settled = 0;
      for (const { poolId } of people) {
        const { holds } = await ledger.listOpenHolds(poolId);
        settled += holds.length;
        await Promise.all(
          holds.map(({ generationId, memberId }) =>
            ledger.release({ poolId, generationId, memberId, state: 'cancelled', reason: 'cancelled', actor: 'bench' }),
          ),
        );
      }
      return settled;
    },
  };
}
