import { beforeEach, describe, expect, test } from 'vitest';
import { millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { FakeBroker } from '../fake-broker/fake-broker.ts';
import { startApps } from '../fake-broker/open-app.ts';

const apps = startApps();
const { open, openSignedIn, generate, job, layers, toasts } = apps;

let fake: FakeBroker;
let stored: Map<string, unknown>;
let opened: string[];

beforeEach(() => {
  ({ fake, stored, opened } = apps.world());
});

describe('signing in', () => {
  test('opens the confirm page, stores the sign-in, and knows who it is', async () => {
    const app = await openSignedIn();
    expect(opened).toEqual([`${fake.url}/activate?user_code=WDJB-MJHT`]);
    expect(app.session.state.value).toMatchObject({ step: 'signed-in', person: { name: 'Ada Lovelace' } });
    expect(stored.get('session')).toMatchObject({ broker: fake.url });
    expect(app.pools.chosen.value?.balance.available).toBe(200_000);
  });

  test('is remembered, and forgotten after signing out', async () => {
    await openSignedIn();
    const again = await open();
    expect(again.session.state.value.step).toBe('signed-in');
    await expect.poll(() => again.loading.value.step).toBe('ready');
    await again.session.signOut();
    expect(fake.refreshTokens.size).toBe(0);
    expect((await open()).session.state.value).toEqual({ step: 'signed-out', notice: null });
  });

  test('is no more than signed out, when credits were still on their way', async () => {
    const app = await openSignedIn();
    const watching = app.pools.topUp();
    await app.session.signOut();
    await watching;
    expect(app.session.state.value).toEqual({ step: 'signed-out', notice: null });
  });

  test('says why it did not work', async () => {
    const app = await open();
    fake.knobs.device = 'access_denied';
    await app.session.signIn();
    expect(app.session.state.value).toEqual({ step: 'signed-out', notice: 'The sign-in was denied in the browser.' });
  });

  test('that the broker has ended meanwhile is asked for again', async () => {
    await openSignedIn();
    fake.refreshTokens.clear();
    const app = await open();
    await expect.poll(() => app.session.state.value.step).toBe('signed-out');
    expect(app.session.state.value).toMatchObject({ notice: expect.stringContaining('ended') });
  });

  test('survives a broker that is down, and goes on when it is back', async () => {
    await openSignedIn();
    for (let request = 0; request < 6; request++) fake.knobs.faults.push({ path: /./, fault: 'cut' });
    const app = await open();
    await expect.poll(() => app.loading.value).toMatchObject({ step: 'failed', isSilent: true });
    fake.knobs.faults.length = 0;
    app.online();
    await expect.poll(() => app.loading.value.step).toBe('ready');
  });

  test('does not speak of the connection where a broker answers that it cannot', async () => {
    await openSignedIn();
    for (let request = 0; request < 6; request++) {
      fake.knobs.faults.push({ path: /models|pools/, fault: new InkpotError('internal') });
    }
    const app = await open();
    await expect.poll(() => app.loading.value).toMatchObject({ step: 'failed', isSilent: false });
  });
});

describe('a generation', () => {
  test('is placed, costs what was shown, and says what is left', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    await expect.poll(layers).toEqual(['SOLID']);
    expect(app.announcement.value.words, 'a click is answered to those who hear').toBe('A picture is being made.');
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(job(app)).toMatchObject({ receipt: '0.8 credits · 199.2 left', message: null, thumbnail: 'blob:picture' });
    expect(app.pools.chosen.value?.balance.available).toBe(199_200);
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('whose pictures came too late is placed all the same, and said to be free', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    fake.change(id, { late: true });
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(job(app)?.receipt).toMatch(/^Arrived late, free of charge · /);
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('that fails has the models looked at again, and is announced each time anew', async () => {
    const app = await openSignedIn();
    const looks = () => fake.requests.filter(({ line }) => line === 'GET /v1/models').length;
    const heard = new Set<number>();
    for (const time of [1, 2]) {
      const id = await generate(app);
      await expect.poll(() => job(app)?.phase).toBe('queued');
      fake.change(id, { state: 'failed', failure: { reason: 'provider_error', message: 'The model failed.' } });
      await expect.poll(() => job(app)?.phase).toBe('failed');
      expect(app.announcement.value.words).toContain('failed');
      heard.add(app.announcement.value.serial);
      await expect.poll(looks).toBe(1 + time);
    }
    expect(heard.size).toBe(2);
  });

  test('that is refused costs nothing, says why, and leaves no placeholder', async () => {
    const app = await openSignedIn();
    const id = await generate(app, 2);
    await expect.poll(layers).toEqual(['SOLID', 'SOLID']);
    fake.knobs.available = millicredits(200_000);
    const message = 'The model refused the prompt. Nothing was charged: reword it and try again.';
    fake.change(id, { state: 'refused', failure: { reason: 'moderated_input', message }, charged: millicredits(0) });
    await expect.poll(() => job(app)).toMatchObject({ phase: 'failed', message });
    await expect.poll(layers).toEqual([]);
    expect(app.pools.chosen.value?.balance.available).toBe(200_000);
  });

  test('that is cancelled gives its credits back', async () => {
    const app = await openSignedIn();
    await generate(app);
    await expect.poll(() => job(app)?.phase).toBe('queued');
    await app.generations.cancel(job(app)?.ticket ?? '');
    await expect.poll(() => job(app)?.phase).toBe('cancelled');
    expect(app.pools.chosen.value?.balance.available).toBe(200_000);
    await expect.poll(layers).toEqual([]);
  });

  test('that the broker refuses is no placeholder for long', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    fake.knobs.faults.push({ path: /POST .*generations/, fault: new InkpotError('too_many_holds') });
    await app.checkout.generate();
    await expect.poll(() => job(app)).toMatchObject({ phase: 'failed', message: expect.stringContaining('at once') });
    await expect.poll(layers).toEqual([]);
  });

  test('case 25: that could not be sent waits, and is sent again under its own key', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++) fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut' });
    await app.checkout.generate();
    await expect.poll(() => job(app)?.phase).toBe('unsent');
    await expect.poll(layers).toEqual(['SOLID']);
    void app.generations.proceed(job(app)?.ticket ?? '');
    await expect.poll(() => fake.generations.size).toBe(1);
    const keys = fake.requests.filter(({ line }) => line === 'POST /v1/generations').map(({ key }) => key);
    expect(new Set(keys).size).toBe(1);
  });

  test('whose pictures could not be fetched is not lost: trying again pays nothing', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    fake.knobs.faults.push({ path: /outputs/, fault: 'cut' });
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('unplaced');
    await app.generations.proceed(job(app)?.ticket ?? '');
    expect(job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
    expect(app.pools.chosen.value?.balance.available).toBe(199_200);
  });

  test('that cannot be placed can be given up: its placeholder goes', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    fake.knobs.faults.push({ path: /outputs/, fault: new InkpotError('not_found') });
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('unplaced');
    app.generations.abandon(job(app)?.ticket ?? '');
    await expect.poll(layers).toEqual([]);
    expect(app.generations.jobs.value).toEqual([]);
  });

  test('case 25: whose sign-in ended before it was answered is asked for again after the next one', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
    fake.knobs.faults.push({ path: /POST .*generations/, fault: new InkpotError('unauthenticated') });
    await app.checkout.generate();
    fake.refreshTokens.clear();
    await expect.poll(() => app.session.state.value.step).toBe('signed-out');
    await app.session.signIn();
    await expect.poll(() => job(app)?.phase).toBe('queued');
    expect(fake.generations.size).toBe(1);
    fake.succeed([...fake.generations.keys()][0] ?? '');
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('may deliver fewer pictures than asked for: the other placeholders go', async () => {
    const app = await openSignedIn();
    const id = await generate(app, 2);
    await expect.poll(layers).toEqual(['SOLID', 'SOLID']);
    const kind = { kind: 'image' as const, seconds: null };
    const output = {
      ...kind,
      index: 0,
      width: 64,
      height: 64,
      contentType: 'image/png' as const,
      bytes: 1,
      seed: null,
    };
    fake.change(id, { state: 'succeeded', charged: millicredits(400), outputs: [output] });
    await expect.poll(() => job(app)?.phase).toBe('done');
    await expect.poll(layers).toEqual(['IMAGE']);
  });
});

test('a top-up opens the checkout of the chosen pool, and the balance follows', async () => {
  const app = await openSignedIn();
  void app.pools.topUp();
  expect(opened.at(-1)).toBe(`${fake.url}/checkout?pool=pool_1`);
  fake.knobs.available = millicredits(400_000);
  await expect.poll(() => app.pools.chosen.value?.balance.available).toBe(400_000);
});

test('while a top-up is on its way, the panel says where to finish it, until the credits are here', async () => {
  fake.knobs.available = millicredits(0);
  const app = await openSignedIn();
  app.form.edit({ prompt: 'a lighthouse' });
  expect(app.checkout.obstacle.value?.words).toBe('Not enough credits: top up to continue.');
  const watching = app.pools.topUp();
  expect(app.checkout.obstacle.value?.words).toMatch(/^Waiting for your top-up/);
  const again = app.pools.topUp();
  await watching;
  expect(app.checkout.obstacle.value?.words, 'a second click starts over').toMatch(/^Waiting for your top-up/);
  fake.knobs.available = millicredits(50);
  await again;
  expect(app.checkout.obstacle.value?.words, 'it was not enough').toBe('Not enough credits: top up to continue.');
});

test('a layer whose model is gone fills the form, and leaves the picked model and its price', async () => {
  const app = await openSignedIn();
  const id = await generate(app);
  fake.succeed(id);
  await expect.poll(() => app.canvas.receipt.value).not.toBeNull();
  app.catalogue.pick('glyph-pro');
  app.form.edit({ prompt: 'something else' });
  const receipt = app.canvas.receipt.value;
  if (receipt) app.reuse({ ...receipt, modelId: 'lumen-1', modelName: 'Lumen 1' });
  expect(app.form.draft.value.prompt).toBe('a lighthouse');
  expect(app.prices.request.value?.modelId).toBe('glyph-pro');
  expect(app.catalogue.missing.value).toMatchObject({ nearest: { id: 'lumen-2' } });
  expect(app.announcement.value.words).toContain('Lumen 1 is no longer offered. Glyph Pro stays picked.');
});

test('a result is saved by the browser, from the layer that it landed in too', async () => {
  const app = await openSignedIn();
  const id = await generate(app);
  fake.succeed(id);
  await expect.poll(() => app.canvas.receipt.value?.generationId).toBe(id);
  const { generationId = '', index = 0 } = app.canvas.receipt.value ?? {};
  const saving = app.save(generationId, index);
  await expect.poll(() => toasts().at(-1)?.message).toBe('Opening your browser…');
  await saving;
  await expect.poll(() => opened.at(-1)).toBe(`${fake.url}/v1/generations/links/${id}`);
});
