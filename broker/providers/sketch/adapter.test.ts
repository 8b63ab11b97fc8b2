import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { ProviderFault, type ProviderRequest } from '../provider.ts';
import { jobFrom, requestFor as requestTo } from '../test-request.ts';
import { createSketch } from './adapter.ts';

const { signal } = new AbortController();

function requestFor(
  changes: Partial<Settings> & { width?: number; height?: number; path?: string; id?: string },
): ProviderRequest {
  const { width = 256, height = 192, path = 'sketch', id = '01jd3r9k2p7q4x8v5n6m1c0bza', ...rest } = changes;
  const size = { width, height };
  const settings = { prompt: 'a lighthouse by the sea', size: { kind: 'pixels', ...size } as const, ...rest };
  return requestTo({ provider: 'sketch', path }, settings, { generationId: id, size });
}

/** The finished pictures of a request. */
async function pictures(
  request: ProviderRequest,
  sketch = createSketch(),
  progress: (number | null)[] = [],
): Promise<{ bytes: Buffer; seed: number | null }[]> {
  const job = await jobFrom(sketch.submit(request, signal));
  for (;;) {
    const status = await sketch.poll(job, request, signal);
    if (status.state === 'failed') throw new Error(status.cause);
    if (status.state === 'succeeded') {
      return status.outputs.map((output) => {
        if (!('bytes' in output)) throw new Error('a sketch is bytes');
        return { bytes: Buffer.from(output.bytes), seed: output.seed };
      });
    }
    if (status.state === 'running') progress.push(status.progress);
    await new Promise((next) => setImmediate(next));
  }
}

test.each([
  [64, 64],
  [321, 123],
  [1_024, 1_024],
  [4_096, 64],
  [1_080, 1_920],
])('a sketch of %d × %d px is a PNG of exactly that size with something on it', async (width, height) => {
  const [picture] = await pictures(requestFor({ width, height }));
  const bytes = picture?.bytes ?? Buffer.alloc(0);
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width, height, hasAlpha: false });
  expect((await sharp(bytes).stats()).entropy).toBeGreaterThan(1);
});

test('case 20: the largest sketch is 4096 × 4096 px, drawn and not enlarged', async () => {
  const size = { width: 4_096, height: 4_096 };
  const [picture] = await pictures(requestFor({ ...size, prompt: 'bauhaus poster' }));
  const bytes = picture?.bytes ?? Buffer.alloc(0);
  expect(await sharp(bytes).metadata()).toMatchObject(size);
  // An enlarged edge is a ramp over several pixels; a drawn one is at most one pixel wide.
  const row = await sharp(bytes).extract({ left: 0, top: 1_000, width: 4_096, height: 1 }).greyscale().raw().toBuffer();
  const isSharp = row.some((value, x) => x > 2 && Math.abs(value - (row[x - 2] ?? value)) > 60);
  expect(isSharp).toBe(true);
});

test('the same prompt, seed and size give the same bytes, in this process and the next', async () => {
  const request = requestFor({ seed: 7, count: 2 });
  const first = await pictures(request, createSketch());
  const second = await pictures({ ...request, generationId: 'another' }, createSketch());
  expect(first.map(({ seed }) => seed)).toEqual([7, 8]);
  expect(second).toEqual(first);
});

test('each picture of a batch can be drawn again alone by its own seed', async () => {
  const batch = await pictures(requestFor({ seed: 7, count: 3 }));
  const [alone] = await pictures(requestFor({ seed: 9 }));
  expect(batch[2]).toEqual(alone);
});

test('another seed, another prompt and another detail give other pictures', async () => {
  const all = await Promise.all([
    pictures(requestFor({ seed: 1, prompt: 'a garden' })),
    pictures(requestFor({ seed: 2, prompt: 'a garden' })),
    pictures(requestFor({ seed: 1, prompt: 'a red garden' })),
    pictures(requestFor({ seed: 1, prompt: 'a garden', path: 'draft' })),
    pictures(requestFor({ seed: 1, prompt: 'a garden', path: 'fine', quality: 'fine' })),
    pictures(requestFor({ seed: 1, prompt: 'a garden', path: 'poster' })),
  ]);
  expect(new Set(all.map(([picture]) => picture?.bytes.toString('base64'))).size).toBe(all.length);
});

test('without a seed, a generation has one of its own that a restart would choose again', async () => {
  const [first] = await pictures(requestFor({ id: 'one' }), createSketch());
  const [again] = await pictures(requestFor({ id: 'one' }), createSketch());
  const [other] = await pictures(requestFor({ id: 'two' }), createSketch());
  expect(first?.seed).toBeTypeOf('number');
  expect(again).toEqual(first);
  expect(other?.seed).not.toBe(first?.seed);
});

test.each([
  ['blue', 'a blue wave', [0, 0, 1]],
  ['red', 'a red wave', [1, 0, 0]],
  ['green', 'a green wave', [0, 1, 0]],
])('the word %s in the prompt is seen in the picture', async (_word, prompt, [r = 0, g = 0, b = 0]) => {
  for (const seed of [1, 2, 3]) {
    const [picture] = await pictures(requestFor({ seed, prompt }));
    const { channels } = await sharp(picture?.bytes).stats();
    const [red = 0, green = 0, blue = 0] = channels.map(({ mean }) => mean);
    const named = red * r + green * g + blue * b;
    expect(named).toBeGreaterThan(Math.max(red * (1 - r), green * (1 - g), blue * (1 - b)));
  }
});

test('progress rises to the end', async () => {
  const progress: (number | null)[] = [];
  await pictures(requestFor({ count: 4, width: 700, height: 700 }), createSketch(), progress);
  expect(new Set(progress).size).toBeGreaterThan(1);
  expect([...progress].sort()).toEqual(progress);
  for (const value of progress) expect(value).toBeLessThanOrEqual(1);
});

test('a broker that was restarted in the middle draws the same pictures from the job alone', async () => {
  const request = requestFor({ count: 2 });
  const job = await jobFrom(createSketch().submit(request, signal));
  const sketch = createSketch();
  expect(await sketch.poll(job, request, signal)).toMatchObject({ state: 'running' });
  expect(await pictures(request, sketch)).toEqual(await pictures(request));
});

test('a cancelled sketch stops and is forgotten', async () => {
  const sketch = createSketch();
  const request = requestFor({ count: 4, width: 800, height: 800 });
  const job = await jobFrom(sketch.submit(request, signal));
  expect(await sketch.cancel(job, signal)).toBe('cancelled');
  expect(await sketch.cancel(job, signal)).toBe('cancelled');
});

test('a sketch that does not exist is refused before anything is drawn', async () => {
  const sketch = createSketch();
  const failure = await sketch.submit(requestFor({ path: 'watercolour' }), signal).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProviderFault);
  expect(failure).toMatchObject({ reason: 'model_gone', outcomeUnknown: false });
});

test.each(['constructor', 'toString __proto__', '数字', '…'])(
  'the prompt %j is drawn like any other',
  async (prompt) => {
    const [picture] = await pictures(requestFor({ prompt }));
    expect((await sharp(picture?.bytes).stats()).entropy).toBeGreaterThan(1);
  },
);

test('a prompt full of markup is only a seed', async () => {
  const prompt = '"/><image href="file:///etc/passwd"/><script>alert(1)</script>&bad;';
  const [picture] = await pictures(requestFor({ prompt }));
  expect(await sharp(picture?.bytes).metadata()).toMatchObject({ format: 'png', width: 256 });
});

test('drawing does not hold up the process', async () => {
  const sketch = createSketch();
  const request = requestFor({ width: 4_096, height: 4_096, prompt: 'wind' });
  const job = await jobFrom(sketch.submit(request, signal));
  let longest = 0;
  let last = performance.now();
  for (;;) {
    await new Promise((next) => setImmediate(next));
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if ((await sketch.poll(job, request, signal)).state !== 'running') break;
  }
  expect(longest).toBeLessThan(1_000);
});
