import { type AccountCheck, ProviderFault } from '../provider.ts';
import type { Answer } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { Prices } from './wire.ts';

/** How many endpoints fal prices in one request (docs.fal.ai "Pricing API"). */
const AT_ONCE = 50;

/** Asks fal's pricing API, which is free, for the price of every path: what it does not know has none. */
export async function checkAccount(
  ask: (url: string) => Promise<Answer>,
  platform: string,
  paths: readonly string[],
): Promise<AccountCheck> {
  const known = new Set<string>();
  try {
    for (let from = 0; from < Math.max(paths.length, 1); from += AT_ONCE) {
      const query = new URLSearchParams(paths.slice(from, from + AT_ONCE).map((path) => ['endpoint_id', path]));
      const answer = await ask(`${platform}/v1/models/pricing?${query}`);
      if (answer.status >= 300) {
        const { reason, cause } = readRefusal(answer.status, answer.body);
        const access = reason === 'auth' || reason === 'out_of_balance' ? 'refused' : 'unreachable';
        return { access, balance: null, unknownPaths: null, cause };
      }
      for (const { endpoint_id } of Prices.parse(answer.body).prices) known.add(endpoint_id);
    }
  } catch (error) {
    return { access: 'unreachable', balance: null, unknownPaths: null, cause: String(causeOf(error)) };
  }
  return { access: 'accepted', balance: null, unknownPaths: paths.filter((path) => !known.has(path)) };
}

function causeOf(error: unknown): unknown {
  return error instanceof ProviderFault ? error.cause : error;
}
