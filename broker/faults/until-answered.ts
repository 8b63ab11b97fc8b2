import { setTimeout as sleep } from 'node:timers/promises';

/** How long somebody goes on asking, in ms. */
const PATIENCE = 30_000;

/** Asks again and again, as a client does while a broker or a server is away. @throws what the last attempt threw. */
export async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}
