import { refusedQuestion } from '../refusal.ts';
import type { ReportedCost } from '../reported-cost.ts';
import type { Answer } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { BillableUnits, Billing, Prices } from './wire.ts';

/** How many endpoints fal prices in one request (docs.fal.ai "Pricing API"). */
const AT_ONCE = 50;

/** How long a price is taken as it was read, in ms. */
const PRICE_LIFE = 60 * 60_000;

/** Asks for a URL under the operator's key. */
type Ask = (url: string, signal: AbortSignal) => Promise<Answer>;

/** fal's pricing API, which is free. */
export interface FalPrices {
  /**
   * Which of these paths have no price: fal does not know them.
   * @throws ProviderFault
   */
  unpriced(paths: readonly string[], signal: AbortSignal): Promise<string[]>;
  /** What is left of the account's credits; null where the key is not told. */
  balance(signal: AbortSignal): Promise<string | null>;
  /** What a result costs, by its headers; undefined where fal does not say, or its price cannot be read just now. */
  costOf(path: string, headers: Answer['headers'], signal: AbortSignal): Promise<ReportedCost | undefined>;
}

export function createPrices(ask: Ask, platform: string, clock: () => number): FalPrices {
  const kept = new Map<string, { readonly usdPerUnit: number; readonly until: number }>();

  async function read(paths: readonly string[], signal: AbortSignal) {
    const query = new URLSearchParams(paths.map((path) => ['endpoint_id', path]));
    const answer = await ask(`${platform}/v1/models/pricing?${query}`, signal);
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    return Prices.parse(answer.body).prices;
  }

  return {
    async unpriced(paths, signal) {
      const known = new Set<string>();
      for (let from = 0; from < Math.max(paths.length, 1); from += AT_ONCE) {
        for (const { endpoint_id } of await read(paths.slice(from, from + AT_ONCE), signal)) known.add(endpoint_id);
      }
      return paths.filter((path) => !known.has(path));
    },

    async balance(signal) {
      const { status, body } = await ask(`${platform}/v1/account/billing?expand=credits`, signal);
      const billing = Billing.safeParse(body);
      if (status >= 300 || !billing.success) return null;
      const { current_balance: amount, currency } = billing.data.credits;
      return currency === 'USD' ? `$${amount.toFixed(2)}` : `${amount.toFixed(2)} ${currency}`;
    },

    async costOf(path, headers, signal) {
      const units = BillableUnits.safeParse(headers['x-fal-billable-units']);
      if (!units.success) return undefined;
      const price = kept.get(path);
      if (price && clock() < price.until) return { kind: 'units', units: units.data, usdPerUnit: price.usdPerUnit };
      try {
        const found = (await read([path], signal)).find(({ endpoint_id }) => endpoint_id === path);
        if (found?.currency !== 'USD') return undefined;
        kept.set(path, { usdPerUnit: found.unit_price, until: clock() + PRICE_LIFE });
        return { kind: 'units', units: units.data, usdPerUnit: found.unit_price };
      } catch {
        // The pictures are there: what they cost is then taken from the catalogue.
        return undefined;
      }
    },
  };
}
