import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FakeBroker } from '../fake-broker/fake-broker.ts';
import { startApps } from '../fake-broker/open-app.ts';
import type { App } from './app.ts';
import { JobList } from './views/job-list.tsx';

const apps = startApps();
const { open, openSignedIn, generate, job, layers, labels } = apps;

let fake: FakeBroker;

beforeEach(() => {
  ({ fake } = apps.world());
});

/** A generation that is being drawn, whose line breaks and stays broken. */
async function loseConnection(): Promise<{ app: App; id: string; row: () => string }> {
  const app = await openSignedIn();
  const id = await generate(app);
  fake.change(id, { state: 'running', progress: 0.4 });
  await expect.poll(() => job(app)?.phase).toBe('running');
  fake.setAway(true);
  const row = () => renderToString(h(JobList, { app }));
  await expect.poll(row).toContain('No connection right now. The picture still lands.');
  expect(row(), 'nothing moves that nobody hears of').not.toMatch(/<progress|bone|Drawing/);
  return { app, id, row };
}

describe('while the connection is away', () => {
  test('a row says so calmly, once to those who hear it, and tells what it knows as soon as it is back', async () => {
    const { app, row } = await loseConnection();
    expect(app.announcement.value.words).toBe('No connection right now. Pictures still land.');
    const { serial } = app.announcement.value;
    fake.setAway(false);
    await expect.poll(row).toContain('Drawing… 40%');
    expect(app.announcement.value).toEqual({ words: 'The connection is back.', serial: serial + 1 });
  });

  test('the place on the canvas says so too, and how far the picture is as soon as it is back', async () => {
    const { app } = await loseConnection();
    await expect.poll(labels).toEqual(['Waiting for a connection']);
    fake.setAway(false);
    await expect.poll(labels).toEqual(['Drawing… 40%']);
    fake.setAway(true);
    await expect.poll(labels).toEqual(['Waiting for a connection']);
    app.generations.stop();
    fake.setAway(false);
    await openSignedIn();
    await expect.poll(labels, { message: 'another run finds out' }).toEqual(['Drawing… 40%']);
  });

  test('the place of an order that could not be sent says so', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    await expect.poll(() => fake.requests.filter(({ line }) => line === 'POST /v1/quotes').length).toBeGreaterThan(0);
    fake.setAway(true);
    await app.checkout.generate();
    await expect.poll(labels).toEqual(['Waiting for a connection']);
    fake.setAway(false);
    app.online();
    await expect.poll(labels).toEqual(['Queued…']);
  });

  test('an order that got no answer can be given up, and its row claims no more than is known', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    for (let attempt = 0; attempt < 4; attempt++)
      fake.knobs.faults.push({ path: /POST .*generations/, fault: 'cut-after' });
    await app.checkout.generate();
    await expect.poll(() => job(app)?.phase).toBe('unsent');
    await app.generations.cancel(job(app)?.ticket ?? '');
    expect([...fake.generations.values()], 'it had arrived').toMatchObject([{ state: 'queued' }]);
    const row = renderToString(h(JobList, { app }));
    expect(row).toContain('If it had reached Inkpot after all, it costs what was shown.');
    expect(row.match(/Cancelled/g)).toHaveLength(1);
  });

  test('the place of a picture that could not be fetched says that it is not placed', async () => {
    const app = await openSignedIn();
    const id = await generate(app);
    await expect.poll(() => job(app)?.phase).toBe('queued');
    fake.knobs.faults.push({ path: /outputs/, fault: 'cut' });
    fake.succeed(id);
    await expect.poll(() => job(app)?.phase).toBe('unplaced');
    await expect.poll(labels).toEqual(['Not placed']);
    const again = app.generations.proceed(job(app)?.ticket ?? '');
    expect(job(app)?.phase, 'it is made, and not queued again').toBe('placing');
    await again;
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('a picture that is finished meanwhile lands when it is back', async () => {
    const { app, id, row } = await loseConnection();
    fake.succeed(id);
    fake.setAway(false);
    await expect.poll(() => job(app)?.phase).toBe('done');
    expect(row()).not.toContain('No connection');
    expect(await layers()).toEqual(['IMAGE']);
  });

  test('it cannot be cancelled, and that it could not is forgotten when it is back', async () => {
    const { app, row } = await loseConnection();
    await app.generations.cancel(job(app)?.ticket ?? '');
    expect(job(app)).toMatchObject({ cancelling: false, message: expect.stringContaining('cannot be reached') });
    fake.setAway(false);
    await expect.poll(row).toContain('Drawing… 40%');
    expect(job(app)?.message).toBeNull();
  });

  test('an order that could not be sent goes by itself when it is back', async () => {
    const app = await openSignedIn();
    app.form.edit({ prompt: 'a lighthouse' });
    await expect.poll(() => fake.requests.filter(({ line }) => line === 'POST /v1/quotes').length).toBeGreaterThan(0);
    fake.setAway(true);
    await app.checkout.generate();
    await expect.poll(() => job(app)?.phase).toBe('unsent');
    fake.setAway(false);
    app.online();
    await expect.poll(() => job(app)?.phase).toBe('queued');
    expect(fake.generations.size).toBe(1);
  });

  test('a picture of another run that nobody could ask about is asked about again when it is back', async () => {
    const first = await openSignedIn();
    const id = await generate(first);
    await expect.poll(() => job(first)?.phase).toBe('queued');
    first.generations.stop();
    fake.knobs.faults.push({ path: /GET .*generations\/\w+$/, fault: 'cut' });
    const app = await open();
    await expect.poll(() => job(app)?.phase).toBe('unplaced');
    fake.succeed(id);
    app.online();
    await expect.poll(() => job(app)?.phase).toBe('done');
  });
});
