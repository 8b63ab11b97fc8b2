import { refusedQuestion } from '../refusal.ts';
import type { Answer } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { Prices } from './wire.ts';

/** How many endpoints fal prices in one request (docs.fal.ai "Pricing API"). */
const AT_ONCE = 50;

/**
 * Asks fal's pricing API, which is free, for the price of every path.
 * @returns those without one: fal does not know them.
 * @throws ProviderFault
 */
export async function unpriced(
  ask: (url: string) => Promise<Answer>,
  platform: string,
  paths: readonly string[],
): Promise<string[]> {
  const known = new Set<string>();
  for (let from = 0; from < Math.max(paths.length, 1); from += AT_ONCE) {
    const query = new URLSearchParams(paths.slice(from, from + AT_ONCE).map((path) => ['endpoint_id', path]));
    const answer = await ask(`${platform}/v1/models/pricing?${query}`);
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    for (const { endpoint_id } of Prices.parse(answer.body).prices) known.add(endpoint_id);
  }
  return paths.filter((path) => !known.has(path));
}
