import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { millicredits } from '../../../shared/credits.ts';
import { InkpotError } from '../../../shared/errors.ts';
import { type FakeBroker, startFakeBroker } from '../../fake-broker/fake-broker.ts';
import { createBroker } from '../api/broker.ts';
import { createHttp } from '../api/http.ts';
import type { Job } from '../generations/job.ts';
import type { Order } from '../generations/order.ts';
import { createPictures } from '../pictures/pictures.ts';
import { randomId } from '../random-id.ts';
import { createCanvasSelection } from './canvas-selection.ts';
import { createCatalogue } from './catalogue.ts';
import { createCheckout } from './checkout.ts';
import { createForm } from './form.ts';
import { createPools } from './pools.ts';
import { createPrices } from './prices.ts';

/** A layer of the canvas, as main sends it. */
const exported = { name: 'Photo', bytes: new Uint8Array([0xff, 0xd8, 0xff]), x: 0, y: 0, width: 64, height: 48 };

let fake: FakeBroker;

beforeEach(async () => {
  fake = await startFakeBroker();
});

afterEach(() => fake.close());

/** The form's half of the panel, on a real HTTP broker; `rest` ends every wait. */
async function open() {
  const tokens = { access: async () => 'token', renew: async () => 'token' };
  const broker = createBroker(createHttp({ baseUrl: fake.url, fetch, tokens }));
  let rested: () => void = () => undefined;
  const wait = (_ms: number, stop?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      rested = resolve;
      stop?.addEventListener('abort', () => reject(stop.reason));
    });
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const canvas = createCanvasSelection();
  const pictures = createPictures({
    broker,
    canvas: { exportSelection: async () => [exported] },
    objectUrls: { create: () => 'blob:picture', revoke: () => undefined },
    pixels: {
      measure: async () => ({ width: 640, height: 480 }),
      drawMask: async () => new Uint8Array([1]),
    },
    randomId,
  });
  const catalogue = createCatalogue({ broker });
  const pools = createPools({ broker, brokerUrl: fake.url, openLink: () => undefined, wait });
  const form = createForm({ catalogue, canvas, pictures });
  const prices = createPrices({ broker, catalogue, form, pools, wait, now });
  const orders: Order[] = [];
  const dismissed: string[] = [];
  const checkout = createCheckout({
    form,
    prices,
    pools,
    catalogue,
    canvas,
    pictures,
    documentId: () => 'doc_1',
    generations: {
      start: async (order) => void orders.push(order),
      dismiss: (ticket) => void dismissed.push(ticket),
    },
  });
  await Promise.all([catalogue.load(), pools.load()]);
  catalogue.modelId.value = 'lumen-2';
  const stop = prices.watch();
  return {
    canvas,
    pictures,
    catalogue,
    pools,
    form,
    prices,
    checkout,
    orders,
    dismissed,
    clock,
    stop,
    rest: () => rested(),
  };
}

const failed = (order: Order) => ({ ticket: 't1', order, phase: 'failed' }) as Job;

const quotes = () => fake.requests.filter(({ line }) => line === 'POST /v1/quotes').length;

test('the price is on the button at once, before any prompt and any quote', async () => {
  const { prices } = await open();
  expect(prices.shown.value).toBe(800);
  expect(quotes()).toBe(0);
});

test('each thing that is missing is named', async () => {
  const { form, checkout, pools } = await open();
  expect(checkout.obstacle.value?.words).toBe('Write a prompt first.');
  form.edit({ prompt: 'a lighthouse' });
  expect(checkout.obstacle.value).toBeNull();
  form.edit({ size: { kind: 'pixels', width: 1001, height: 1024 } });
  expect(checkout.obstacle.value?.words).toBe('Choose a multiple of 16 px.');
  form.edit({ size: null });
  fake.knobs.available = millicredits(700);
  await pools.load();
  expect(checkout.obstacle.value).toEqual({ kind: 'credits', words: 'Not enough credits: top up to continue.' });
});

test('a click orders exactly what the form says, at the signed price, once', async () => {
  const { form, checkout, orders } = await open();
  form.edit({ prompt: 'a lighthouse', seed: 7 });
  await Promise.all([checkout.generate(), checkout.generate()]);
  expect(orders).toHaveLength(1);
  expect(orders[0]).toMatchObject({
    modelId: 'lumen-2',
    poolId: 'pool_1',
    ceiling: 800,
    targetId: null,
    width: 1024,
    height: 1024,
    request: { documentId: 'doc_1', settings: { prompt: 'a lighthouse', seed: 7, count: 1 } },
  });
});

test('a price that rose between the estimate and the signature is shown, and nothing is spent', async () => {
  const { form, checkout, prices, orders } = await open();
  form.edit({ prompt: 'a lighthouse' });
  fake.knobs.priceRise = millicredits(500);
  await checkout.generate();
  expect(orders).toEqual([]);
  expect(checkout.notice.value).toBe('The price is now 1.3 credits. Click again to accept it.');
  expect(prices.shown.value).toBe(1300);
  await checkout.generate();
  expect(orders).toMatchObject([{ ceiling: 1300 }]);
});

test('a price that changed between the press and the click is shown, and nothing is spent', async () => {
  const { form, checkout, prices, orders } = await open();
  form.edit({ prompt: 'a lighthouse' });
  const pressed = prices.shown.value;
  form.edit({ count: 2 });
  await checkout.generate(pressed);
  expect(orders).toEqual([]);
  expect(checkout.notice.value).toMatch(/The price is now 1.6 credits/);
});

test('a form that rests gets its quote before the click, and the click uses it', async () => {
  const { form, checkout, orders, rest, prices } = await open();
  form.edit({ prompt: 'a light' });
  form.edit({ prompt: 'a lighthouse' });
  fake.knobs.priceRise = millicredits(100);
  rest();
  await expect.poll(() => prices.shown.value).toBe(900);
  await checkout.generate();
  expect(quotes()).toBe(1);
  expect(orders).toMatchObject([{ ceiling: 900 }]);
});

test('a quote is used only for exactly its settings, and only while it is fresh', async () => {
  const { form, checkout, clock } = await open();
  form.edit({ prompt: 'a lighthouse' });
  await checkout.generate();
  await checkout.generate();
  expect(quotes()).toBe(1);
  form.edit({ prompt: 'a lighthouse at night' });
  await checkout.generate();
  expect(quotes()).toBe(2);
  clock.now += 545_000;
  await checkout.generate();
  expect(quotes()).toBe(3);
});

test('the selected layer is the target', async () => {
  const { form, checkout, canvas, orders } = await open();
  form.edit({ prompt: 'a lighthouse' });
  const node = { id: '1:2', name: 'Hero', width: 300, height: 200, takesFill: true, why: null };
  canvas.selection.value = { count: 1, node, receipt: null };
  await checkout.generate();
  expect(orders).toMatchObject([{ targetId: '1:2' }]);
});

test('a failed job is ordered again at its own price', async () => {
  const { form, checkout, orders, dismissed } = await open();
  form.edit({ prompt: 'a lighthouse' });
  await checkout.generate();
  form.edit({ prompt: 'something else' });
  await checkout.repeat(failed(orders[0] as Order));
  expect(orders).toHaveLength(2);
  expect(orders[1]?.request.settings.prompt).toBe('a lighthouse');
  expect(dismissed).toEqual(['t1']);
});

test('a failed job whose price has changed is ordered again by the second click, which accepts the new price', async () => {
  const { form, checkout, orders } = await open();
  form.edit({ prompt: 'a lighthouse' });
  await checkout.generate();
  const old = failed({ ...(orders[0] as Order), ceiling: millicredits(1) });
  await checkout.repeat(old);
  expect(orders).toHaveLength(1);
  expect(checkout.notice.value).toMatch(/The price is now 0.8 credits/);
  await checkout.repeat(old);
  expect(orders).toHaveLength(2);
  expect(orders[1]?.ceiling).toBe(800);
});

test('what a click had to say goes when the form has become another', async () => {
  const { form, checkout } = await open();
  form.edit({ prompt: 'a lighthouse' });
  fake.knobs.faults.push({ path: /quotes/, fault: 'cut' });
  await checkout.generate();
  expect(checkout.notice.value).toContain('cannot be reached');
  form.edit({ prompt: 'a lighthouse at night' });
  expect(checkout.notice.value).toBeNull();
});

test('a pool that is frozen says so', async () => {
  const { pools, checkout } = await open();
  pools.pools.value = pools.pools.value.map((pool) => ({ ...pool, status: 'frozen' }));
  expect(checkout.obstacle.value?.words).toMatch(/frozen/);
});

describe('pictures that go in', () => {
  const uploads = () => fake.requests.filter(({ line }) => line === 'POST /v1/assets').length;

  async function openRetouch() {
    const png = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#7a61ff' } })
      .png()
      .toBuffer();
    exported.bytes = new Uint8Array(png);
    const opened = await open();
    opened.catalogue.modelId.value = 'retouch';
    opened.form.edit({ prompt: 'a lighthouse' });
    return opened;
  }

  test('stay in the panel until the click, which sends each once and orders by the broker’s name for it', async () => {
    const { pictures, prices, checkout, orders, rest } = await openRetouch();
    expect(checkout.obstacle.value?.words).toBe('Retouch needs a picture to work on.');
    await pictures.addSelection(1);
    expect(checkout.obstacle.value).toBeNull();
    expect(prices.shown.value).toBe(1_300);
    rest();
    expect([uploads(), quotes()]).toEqual([0, 0]);
    await checkout.generate();
    await checkout.generate();
    expect([uploads(), quotes()], 'each once').toEqual([1, 1]);
    expect(orders.map(({ request }) => request.settings.references)).toEqual(
      Array(2).fill([{ assetId: [...fake.pictures][0], width: 640, height: 480 }]),
    );
    expect(orders[0]).toMatchObject({ width: 640, height: 480, ceiling: 1_300 });
  });

  test('that the broker does not keep any more are said to be gone, and sent again by the next click', async () => {
    const { pictures, form, checkout, orders } = await openRetouch();
    await pictures.addSelection(1);
    await checkout.generate();
    fake.pictures.clear();
    form.edit({ prompt: 'another' });
    await checkout.generate();
    expect(checkout.notice.value).toContain('not kept any more');
    await checkout.generate();
    expect([uploads(), orders.length]).toEqual([2, 2]);
  });

  test('that cannot be sent stop the click, in words', async () => {
    const { pictures, checkout, orders } = await openRetouch();
    await pictures.addSelection(1);
    fake.knobs.faults.push({ path: /assets/, fault: new InkpotError('unreadable_picture') });
    await checkout.generate();
    expect(checkout.notice.value).toContain('cannot be read');
    expect(orders).toEqual([]);
  });

  test('are sent for what was clicked, whatever the form has become meanwhile', async () => {
    const { pictures, form, checkout, orders } = await openRetouch();
    await pictures.addSelection(1);
    const click = checkout.generate();
    expect(checkout.doing.value).toBe('Sending your picture…');
    form.edit({ prompt: 'something else' });
    pictures.remove(pictures.given.value.references[0]?.key ?? '');
    await click;
    expect(orders.map(({ request }) => request.settings.prompt)).toEqual(['a lighthouse']);
    expect(pictures.given.value.references).toEqual([]);
    expect(checkout.doing.value).toBeNull();
  });

  test('take a mask only as long as the first of them stays', async () => {
    const { pictures, form } = await openRetouch();
    await pictures.addSelection(1);
    await pictures.maskFromSelection();
    expect(form.settings.value).toHaveProperty('mask');
    pictures.remove(pictures.given.value.references[0]?.key ?? '');
    expect(pictures.given.value).toEqual({ references: [], mask: null });
  });
});
