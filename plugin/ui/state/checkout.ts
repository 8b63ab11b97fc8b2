import { computed, signal } from '@preact/signals';
import type { Quote, QuoteRequest } from '../../../shared/api/quotes.ts';
import { formatCredits, type Millicredits } from '../../../shared/credits.ts';
import { InkpotError } from '../../../shared/errors.ts';
import type { Generations } from '../generations/generations.ts';
import type { Job } from '../generations/job.ts';
import { isSent } from '../pictures/picture.ts';
import type { Pictures } from '../pictures/pictures.ts';
import type { CanvasSelection } from './canvas-selection.ts';
import type { Catalogue } from './catalogue.ts';
import { pixelsOf } from './draft-settings.ts';
import type { Form } from './form.ts';
import type { Pools } from './pools.ts';
import type { Prices } from './prices.ts';
import { sayError } from './say-error.ts';

export interface CheckoutOptions {
  readonly form: Pick<Form, 'settings' | 'faults'>;
  readonly prices: Pick<Prices, 'request' | 'shown' | 'quoteFor'>;
  readonly pools: Pick<Pools, 'chosen'>;
  readonly catalogue: Pick<Catalogue, 'model' | 'models'>;
  readonly canvas: Pick<CanvasSelection, 'target'>;
  readonly pictures: Pick<Pictures, 'send' | 'forgetSent'>;
  readonly generations: Pick<Generations, 'start' | 'dismiss'>;
  readonly documentId: () => string;
}

/** Why Generate cannot be clicked now. A shortage of credits has a way out of its own. */
export interface Obstacle {
  readonly kind: 'credits' | 'other';
  readonly words: string;
}

/** The click on Generate: never more than the price that was on the button. */
export function createCheckout(options: CheckoutOptions) {
  const { form, prices, pools, catalogue, canvas, pictures, generations } = options;
  const busy = signal(false);
  const notice = signal<string | null>(null);

  const obstacle = computed<Obstacle | null>(() => {
    const pool = pools.chosen.value;
    const price = prices.shown.value;
    const other = (words: string): Obstacle => ({ kind: 'other', words });
    if (pool?.status === 'frozen') return other('This pool is frozen. Ask its owner.');
    if (form.faults.value[0]) return other(form.faults.value[0].message);
    if (pool && price !== null && pool.balance.available < price) {
      return { kind: 'credits', words: 'Not enough credits: top up to continue.' };
    }
    const needsWords = catalogue.model.value?.prompt === 'required';
    if (needsWords && form.settings.value?.prompt === '') return other('Write a prompt first.');
    if (price === null) return other('The model has no price for these settings.');
    return prices.request.value ? null : other('You belong to no pool yet.');
  });

  /** Orders at `agreed`, or says the new price and orders nothing. */
  async function order(request: QuoteRequest, agreed: Millicredits, targetId: string | null): Promise<boolean> {
    const model = catalogue.models.value.find(({ id }) => id === request.modelId);
    const size = model && pixelsOf(model, request.settings);
    if (!model || !size) return false;
    let quote: Quote;
    try {
      quote = await prices.quoteFor(request);
    } catch (error) {
      if (error instanceof InkpotError && error.code === 'unknown_picture') pictures.forgetSent();
      notice.value = sayError(error);
      return false;
    }
    if (quote.ceiling !== agreed) {
      sayNewPrice(quote.ceiling);
      return false;
    }
    const { settings } = request;
    void generations.start({
      poolId: request.poolId,
      modelId: model.id,
      modelName: model.name,
      ceiling: quote.ceiling,
      targetId,
      ...size,
      request: { quote: quote.token, settings, documentId: options.documentId() },
    });
    return true;
  }

  /** The request with its pictures as the broker names them; null when they could not be sent. */
  async function sendPictures(request: QuoteRequest): Promise<QuoteRequest | null> {
    if (isSent(request.settings)) return request;
    try {
      await pictures.send();
    } catch (error) {
      notice.value = sayError(error);
      return null;
    }
    return prices.request.value;
  }

  function sayNewPrice(price: Millicredits): void {
    notice.value = `The price is now ${formatCredits(price)}. Click again to accept it.`;
  }

  async function once(click: () => Promise<unknown>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    notice.value = null;
    try {
      await click();
    } finally {
      busy.value = false;
    }
  }

  return {
    busy,
    /** What the last click has to say. */
    notice,
    obstacle,
    /**
     * Generates what the form says.
     * @param seen the price that was on the button when it was pressed. Leaving a half typed field can change it between
     * the press and the click.
     */
    generate: (seen = prices.shown.value) =>
      once(async () => {
        const request = prices.request.value;
        if (!request || seen === null || obstacle.value) return;
        if (seen !== prices.shown.value) {
          if (prices.shown.value !== null) sayNewPrice(prices.shown.value);
          return;
        }
        const targetId = canvas.target.value?.id ?? null;
        const named = await sendPictures(request);
        if (named) await order(named, seen, targetId);
      }),
    /** Orders a failed job again, at its old price or not at all. */
    repeat: (job: Job) =>
      once(async () => {
        if (!job.order) return;
        const { poolId, modelId, ceiling, targetId, request } = job.order;
        if (await order({ poolId, modelId, settings: request.settings }, ceiling, targetId))
          generations.dismiss(job.ticket);
      }),
  };
}
