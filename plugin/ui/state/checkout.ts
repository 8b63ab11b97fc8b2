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
  readonly pools: Pick<Pools, 'chosen' | 'awaited'>;
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
  const doing = signal<string | null>(null);
  const said = signal<{ readonly words: string; readonly about: string } | null>(null);
  /** Prices that were said for a failed job: the next click on it accepts them. */
  const offered = new Map<string, Millicredits>();
  const about = () => JSON.stringify(prices.request.value);

  const obstacle = computed<Obstacle | null>(() => {
    const pool = pools.chosen.value;
    const price = prices.shown.value;
    const other = (words: string): Obstacle => ({ kind: 'other', words });
    if (pool?.status === 'frozen') return other('This pool is frozen. Ask its owner.');
    if (form.faults.value[0]) return other(form.faults.value[0].message);
    if (pool && price !== null && pool.balance.available < price) {
      if (pools.awaited.value === pool.id) return other('Waiting for your top-up in the browser…');
      return { kind: 'credits', words: 'Not enough credits: top up to continue.' };
    }
    const needsWords = catalogue.model.value?.prompt === 'required';
    if (needsWords && form.settings.value?.prompt === '') return other('Write a prompt first.');
    if (price === null) return other('The model has no price for these settings.');
    return prices.request.value ? null : other('You belong to no pool yet.');
  });

  function say(words: string): void {
    said.value = { words, about: about() };
  }

  /**
   * Orders at `agreed`, or says the new price and orders nothing.
   * @returns the price at which it was ordered, or the one that was said; null when there is none.
   */
  async function order(
    request: QuoteRequest,
    agreed: Millicredits,
    targetId: string | null,
  ): Promise<{ readonly ordered: boolean; readonly price: Millicredits } | null> {
    const model = catalogue.models.value.find(({ id }) => id === request.modelId);
    const size = model && pixelsOf(model, request.settings);
    if (!model || !size) {
      say(new InkpotError('model_unavailable').message);
      return null;
    }
    let quote: Quote;
    doing.value = 'Checking the price…';
    try {
      quote = await prices.quoteFor(request);
    } catch (error) {
      if (error instanceof InkpotError && error.code === 'unknown_picture') pictures.forgetSent();
      say(sayError(error));
      return null;
    }
    const price = quote.ceiling;
    if (price !== agreed) {
      sayNewPrice(price);
      return { ordered: false, price };
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
    return { ordered: true, price };
  }

  /** The request with its pictures as the broker names them; null when they could not be sent. */
  async function sendPictures(request: QuoteRequest): Promise<QuoteRequest | null> {
    const { references = [], mask } = request.settings;
    if (isSent(request.settings)) return request;
    doing.value = references.length > 1 || mask ? 'Sending your pictures…' : 'Sending your picture…';
    try {
      return { ...request, settings: await pictures.send(request.settings) };
    } catch (error) {
      say(sayError(error));
      return null;
    }
  }

  function sayNewPrice(price: Millicredits): void {
    say(`The price is now ${formatCredits(price)}. Click again to accept it.`);
  }

  async function once(click: () => Promise<unknown>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    said.value = null;
    try {
      await click();
    } finally {
      doing.value = null;
      busy.value = false;
    }
  }

  return {
    busy,
    /** What a click is waiting for; null when there is no click under way. */
    doing,
    /** What the last click has to say, as long as the form is as it was then. */
    notice: computed(() => (said.value?.about === about() ? said.value.words : null)),
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
    /** Orders a failed job again at its old price; a new one is said first, and accepted by the next click. */
    repeat: (job: Job) =>
      once(async () => {
        if (!job.order) return;
        const { poolId, modelId, ceiling, targetId, request } = job.order;
        const asked = { poolId, modelId, settings: request.settings };
        const answer = await order(asked, offered.get(job.ticket) ?? ceiling, targetId);
        if (answer && !answer.ordered) offered.set(job.ticket, answer.price);
        if (!answer?.ordered) return;
        offered.delete(job.ticket);
        generations.dismiss(job.ticket);
      }),
  };
}
