import { computed, effect, signal } from '@preact/signals';
import type { Quote, QuoteRequest } from '../../../shared/api/quotes.ts';
import { estimatePrice, type PriceEstimate } from '../../../shared/catalogue/estimate.ts';
import type { PublicModel } from '../../../shared/catalogue/public-model.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { Broker } from '../api/broker.ts';
import type { Now, Wait } from '../clock.ts';
import { isSent } from '../pictures/picture.ts';
import type { Catalogue } from './catalogue.ts';
import type { Form } from './form.ts';
import type { Pools } from './pools.ts';

/** How long the form must rest before a quote is asked for, in ms. */
const REST = 500;

/** A quote this close to its end, in ms, is not used for a new click. */
const MARGIN = 60_000;

export interface PricesOptions {
  readonly broker: Pick<Broker, 'quote'>;
  readonly catalogue: Pick<Catalogue, 'model' | 'tariff'>;
  readonly form: Pick<Form, 'settings' | 'faults'>;
  readonly pools: Pick<Pools, 'chosen' | 'apply'>;
  readonly wait: Wait;
  readonly now: Now;
}

interface KeptQuote {
  readonly key: string;
  readonly quote: Quote;
}

/**
 * What the form's settings cost: at once by the shared formula, and signed by the broker as soon as the form rests. Where
 * the two differ, the signed one counts.
 */
export function createPrices({ broker, catalogue, form, pools, wait, now }: PricesOptions) {
  const kept = signal<KeptQuote | null>(null);

  const request = computed<QuoteRequest | null>(() => {
    const pool = pools.chosen.value;
    const model = catalogue.model.value;
    const settings = form.settings.value;
    if (!pool || !model || !settings || form.faults.value.length > 0) return null;
    if (settings.prompt === '' && model.prompt === 'required') return null;
    return { poolId: pool.id, modelId: model.id, settings };
  });

  const estimate = computed(() => {
    const model = catalogue.model.value;
    return model && form.settings.value && priceOf(model, form.settings.value);
  });

  /** The price of any settings, for the rows of the model list. Null where the model has none. */
  function priceOf(model: PublicModel, settings: Settings): PriceEstimate | null {
    const tariff = catalogue.tariff.value;
    try {
      return tariff && estimatePrice(model, settings, tariff);
    } catch {
      return null;
    }
  }

  const signed = computed(() => {
    const asked = request.value;
    return asked && kept.value?.key === keyOf(asked) && isFresh(kept.value.quote) ? kept.value.quote : null;
  });

  async function fetchQuote(asked: QuoteRequest, stopped?: AbortSignal): Promise<Quote> {
    const quote = await broker.quote(asked, stopped);
    kept.value = { key: keyOf(asked), quote };
    pools.apply(asked.poolId, quote.balance);
    return quote;
  }

  function isFresh(quote: Quote): boolean {
    return Date.parse(quote.expiresAt) - now() > MARGIN;
  }

  return {
    request,
    priceOf,
    /** What is on the button, in millicredits; null while there is no price. */
    shown: computed(() => signed.value?.ceiling ?? estimate.value?.ceiling ?? null),
    lines: computed(() => signed.value?.lines ?? estimate.value?.lines ?? []),
    /** A signed quote for exactly this request: the one that is here, or a new one. */
    async quoteFor(asked: QuoteRequest): Promise<Quote> {
      const here = kept.value;
      return here?.key === keyOf(asked) && isFresh(here.quote) ? here.quote : fetchQuote(asked);
    },
    /** Asks for a quote whenever the form has rested. Returns how to stop it. */
    watch(): () => void {
      return effect(() => {
        const asked = request.value;
        // Nothing is sent to be priced: until the click there is only the estimate, by the same formula.
        if (!asked || !isSent(asked.settings) || keyOf(asked) === kept.peek()?.key) return;
        const stop = new AbortController();
        wait(REST, stop.signal)
          .then(() => fetchQuote(asked, stop.signal))
          // The estimate stays on the button, and the click asks again and says what is wrong.
          .catch(() => undefined);
        return () => stop.abort();
      });
    },
  };
}
export type Prices = ReturnType<typeof createPrices>;

function keyOf(request: QuoteRequest): string {
  return JSON.stringify(request);
}
