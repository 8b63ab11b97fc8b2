import { beforeEach, describe, expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import type { FakeBroker } from '../fake-broker/fake-broker.ts';
import { startApps } from '../fake-broker/open-app.ts';

const apps = startApps();
const { open, openSignedIn, generate, job, layers, later } = apps;

let fake: FakeBroker;
let stored: Map<string, unknown>;

beforeEach(() => {
  ({ fake, stored } = apps.world());
});

describe('a reopened plugin', () => {
  test('case 21: places what was finished while it was closed', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    fake.succeed(id);
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('case 21: goes on with what is still being made', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('queued');
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('done');
  });

  test('case 25: asks again for what was clicked and never answered, and pays once', async () => {
    const first = await openSignedIn();
    first.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++)
      fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
    await first.checkout.generate();
    await expect.poll(() => job(first)?.phase).toBe('unsent');
    first.generations.stop();
    expect(fake.generations.size).toBe(1);
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('queued');
    expect(fake.generations.size).toBe(1);
    fake.succeed([...fake.generations.keys()][0] ?? '');
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('keeps the place of an order that it cannot read, which may be paid for, and says so', async () => {
    const first = await openSignedIn();
    first.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++)
      fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
    await first.checkout.generate();
    await expect.poll(() => job(first)?.phase).toBe('unsent');
    first.generations.stop();
    const [entry] = stored.get('outbox') as { order: string }[];
    stored.set('outbox', [{ ...entry, order: '{"of":"another version"}' }]);
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('unplaced');
    expect(job(app)).toMatchObject({ prompt: 'a lighthouse', message: expect.stringContaining('may be paid for') });
    expect(stored.get('outbox')).toHaveLength(1);
    expect(await layers()).toEqual(['SOLID']);
  });

  test('says what it could not even read the tickets of, and keeps the places that may belong to it', async () => {
    const first = await openSignedIn();
    first.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++)
      fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
    await first.checkout.generate();
    await expect.poll(() => job(first)?.phase).toBe('unsent');
    first.generations.stop();
    const foreign = { of: 'another version' };
    stored.set('outbox', foreign);
    later(2 * 3_600_000);
    const app = await openSignedIn();
    await expect.poll(() => app.generations.jobs.value.map(({ prompt }) => prompt)).toHaveLength(2);
    expect(app.generations.jobs.value).toMatchObject([
      { prompt: 'a lighthouse', message: expect.stringContaining('may be paid for') },
      { phase: 'unplaced', message: expect.stringContaining('on this computer') },
    ]);
    expect(await layers()).toEqual(['SOLID']);
    expect(stored.get('outbox'), 'a version that can read it finds it').toEqual(foreign);
    app.generations.stop();
    const again = await openSignedIn();
    await expect.poll(() => again.generations.jobs.value).toHaveLength(2);
    expect(await layers(), 'as long as it is kept, so are the places').toEqual(['SOLID']);
    for (const { ticket } of again.generations.jobs.value) again.generations.abandon(ticket);
    await expect.poll(layers).toEqual([]);
    expect(stored.get('outbox')).toEqual([]);
  });

  test('sends what an older version ordered again under its own ticket, though it kept less of it', async () => {
    const first = await openSignedIn();
    first.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++)
      fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
    await first.checkout.generate();
    await expect.poll(() => job(first)?.phase).toBe('unsent');
    first.generations.stop();
    const [entry] = stored.get('outbox') as { order: string }[];
    const { request } = JSON.parse(entry?.order ?? '') as { request: object };
    stored.set('outbox', [{ ...entry, order: JSON.stringify({ request, price: '0.8' }) }]);
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('queued');
    expect(job(app)).toMatchObject({ prompt: 'a lighthouse', order: null });
    expect(fake.generations.size, 'it is paid once').toBe(1);
    fake.succeed([...fake.generations.keys()][0] ?? '');
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(await layers()).toEqual(['IMAGE']);
    expect(stored.get('outbox')).toEqual([]);
  });

  for (const code of ['invalid_request', 'idempotency_key_reused'] as const) {
    test(`keeps the place of an older order that the broker refuses as ${code}: it may be paid for`, async () => {
      const first = await openSignedIn();
      first.form.edit({ prompt: 'a lighthouse' });
      for (let attempt = 0; attempt < 4; attempt++)
        fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut' });
      await first.checkout.generate();
      await expect.poll(() => job(first)?.phase).toBe('unsent');
      first.generations.stop();
      const [entry] = stored.get('outbox') as { order: string }[];
      const { request } = JSON.parse(entry?.order ?? '') as { request: object };
      stored.set('outbox', [{ ...entry, order: JSON.stringify({ request }) }]);
      fake.knobs.faults.push({ path: /POST .*generations/, fault: new InkpotError(code) });
      const app = await openSignedIn();
      await expect.poll(() => job(app)?.phase).toBe('unplaced');
      expect(job(app)).toMatchObject({ prompt: 'a lighthouse', message: expect.stringContaining('may be paid for') });
      expect(await layers()).toEqual(['SOLID']);
    });
  }

  test('offers to ask again where the broker has no time to say what became of a picture', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    fake.succeed(id);
    fake.knobs.faults.push({ path: /GET .*generations\/\w+$/, fault: new InkpotError('broker_busy') });
    const app = await openSignedIn();
    await expect.poll(() => job(app)?.phase).toBe('unplaced');
    await app.generations.proceed(job(app)?.ticket ?? '');
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('leaves the pictures of others alone', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    fake.generations.delete(id);
    const app = await openSignedIn();
    await expect.poll(() => fake.requests.filter(({ line }) => line === `GET /v1/generations/${id}`)).toHaveLength(1);
    expect(app.generations.jobs.value).toEqual([]);
    expect(await layers()).toEqual(['SOLID']);
  });

  test('has the form as it was left', async () => {
    const first = await openSignedIn();
    first.catalogue.modelId.value = 'glyph-pro';
    first.form.edit({ prompt: 'a poster', count: 3 });
    await expect.poll(() => stored.get('preferences')).toContain('a poster');
    const app = await open();
    expect(app.form.draft.value).toMatchObject({ prompt: 'a poster', count: 3 });
    expect(app.catalogue.modelId.value).toBe('glyph-pro');
  });
});
