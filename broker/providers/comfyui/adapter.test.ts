import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { type InputImage, ProviderFault, type ProviderRequest, type ProviderStatus } from '../provider.ts';
import { jobFrom, requestFor } from '../test-request.ts';
import { createComfyUI } from './adapter.ts';
import { readRefusal } from './errors.ts';
import { type FakeComfyUI, startFakeComfyUI } from './fake-server.ts';
import { BUILT_IN } from './workflow.ts';

const { signal } = new AbortController();

const directory = mkdtempSync(join(tmpdir(), 'inkpot-comfyui-'));
afterAll(() => rmSync(directory, { recursive: true }));

let fake: FakeComfyUI;
beforeEach(async () => {
  fake = await startFakeComfyUI();
});
afterEach(() => fake.close());

function adapter({ baseUrl = fake.url, workflow }: { baseUrl?: string; workflow?: string } = {}) {
  return createComfyUI({ baseUrl, workflow, timeouts: { submit: 1_000, ask: 1_000, stop: 0 } });
}

function request(settings: Partial<Settings> = {}, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  return requestFor({ provider: 'comfyui', path: '/prompt' }, settings, changes);
}

/** A file with the built-in graph, changed. */
function fileWith(changes: Readonly<Record<string, unknown>>): string {
  const path = join(directory, 'workflow.json');
  writeFileSync(path, JSON.stringify({ ...BUILT_IN, ...changes }));
  return path;
}

async function picture(background: string): Promise<InputImage> {
  const [width, height] = [8, 8];
  const bytes = await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
  return { bytes, width, height, contentType: 'image/png' };
}

async function ended(asked: ProviderRequest, comfy = adapter()): Promise<ProviderStatus> {
  const job = await jobFrom(comfy.submit(asked, signal));
  for (;;) {
    const status = await comfy.poll(job, asked, signal);
    if (status.state === 'succeeded' || status.state === 'failed') return status;
  }
}

describe('a submit', () => {
  test('runs the built-in graph with what was asked for, on the server’s first weights', async () => {
    await adapter().submit(request({ count: 2, seed: 5, negativePrompt: 'text' }), signal);
    expect([...fake.drawings.values()]).toEqual([{ prompt: 'a fox', width: 320, height: 256, count: 2, seed: 5 }]);
    expect(fake.jobs.all[0]?.input.graph).toMatchObject({
      1: { inputs: { ckpt_name: 'sd_xl_base_1.0.safetensors' } },
      3: { inputs: { text: 'text' } },
    });
  });

  test('is about a megapixel where nobody says how large', async () => {
    await adapter().submit(request({ size: { kind: 'auto' } }, { size: null }), signal);
    expect([...fake.drawings.values()]).toMatchObject([{ width: 1_024, height: 1_024 }]);
  });

  test('runs the operator’s graph', async () => {
    const workflow = fileWith({
      1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'v1-5-pruned-emaonly.safetensors' } },
      2: { class_type: 'CLIPTextEncode', inputs: { clip: ['1', 1], text: 'a watercolour of {{prompt}}' } },
      5: { class_type: 'KSampler', inputs: { ...BUILT_IN[5]?.inputs, seed: 3 } },
    });
    const status = await ended(request({ seed: 9 }), adapter({ workflow }));
    expect([...fake.drawings.values()]).toMatchObject([{ prompt: 'a watercolour of a fox', seed: 3 }]);
    // Its seed is not the one that was asked for.
    expect(status).toMatchObject({ state: 'succeeded', outputs: [{ seed: null }] });
  });

  test('hands in the picture and the mask that the operator’s graph has places for, and needs both', async () => {
    const workflow = fileWith({
      8: { class_type: 'LoadImage', inputs: { image: '{{image}}' } },
      9: { class_type: 'LoadImageMask', inputs: { image: '{{mask}}', channel: 'red' } },
    });
    const comfy = adapter({ workflow });
    expect(comfy.serves('/prompt')).toEqual(['references', 'mask']);
    const [reference, mask] = [await picture('#f00'), await picture('#fff')];
    expect(await ended(request({}, { references: [reference], mask }), comfy)).toMatchObject({ state: 'succeeded' });
    expect([...fake.uploads.values()]).toEqual([reference.bytes, mask.bytes]);
    expect(fake.jobs.all[0]?.input.graph).toMatchObject({
      8: { inputs: { image: expect.stringMatching(/^inkpot-[-\da-f]+-image\.png \[temp\]$/) } },
      9: { inputs: { image: expect.stringMatching(/^inkpot-[-\da-f]+-mask\.png \[temp\]$/) } },
    });
    for (const changes of [{}, { references: [reference] }, { references: [reference, reference], mask }]) {
      const asked = request({}, { ...changes, generationId: 'another' });
      await expect(comfy.submit(asked, signal)).rejects.toMatchObject({
        reason: 'invalid_input',
        outcomeUnknown: false,
      });
    }
    expect(fake.jobs.all).toHaveLength(1);
  });

  test('that is made again, by whichever broker, finds what it has queued and queues nothing more', async () => {
    const first = await jobFrom(adapter().submit(request(), signal));
    expect(await jobFrom(adapter().submit(request(), signal))).toEqual(first);
    await ended(request());
    expect(await jobFrom(adapter().submit(request(), signal))).toEqual(first);
    expect(fake.jobs.all).toHaveLength(1);
    await adapter().submit(request({}, { generationId: 'another' }), signal);
    expect(fake.jobs.all).toHaveLength(2);
  });

  test('chooses the same seed again for a generation, where none was asked for', async () => {
    await adapter().submit(request(), signal);
    await adapter().submit(request({}, { generationId: 'another' }), signal);
    const [one, other] = [...fake.drawings.values()].map(({ seed }) => seed);
    expect(one).not.toBe(other);
    expect(await ended(request())).toMatchObject({ outputs: [{ seed: one }] });
  });

  test('whose answer was lost and that did not arrive has certainly not been taken', async () => {
    const nobody = adapter({ baseUrl: 'http://127.0.0.1:1' });
    await expect(nobody.submit(request(), signal)).rejects.toMatchObject({
      reason: 'provider_error',
      outcomeUnknown: false,
    });
  });

  test.each<[why: string, request: ProviderRequest, reason: string]>([
    ['to another path', { ...request(), route: { provider: 'comfyui', path: '/upload/image' } }, 'model_gone'],
    [
      'with a picture',
      request({}, { references: [{ bytes: new Uint8Array(), width: 1, height: 1, contentType: 'image/png' }] }),
      'invalid_input',
    ],
  ])('nothing is sent %s', async (_why, asked, reason) => {
    const fault = await adapter()
      .submit(asked, signal)
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ProviderFault);
    expect(fault).toMatchObject({ reason, outcomeUnknown: false });
    expect(fake.jobs.all).toHaveLength(0);
  });

  test('works with servers that choose ids themselves', async () => {
    const old = await startFakeComfyUI({ takesIds: false });
    const comfy = adapter({ baseUrl: old.url });
    expect(await ended(request(), comfy)).toMatchObject({ state: 'succeeded' });
    await old.close();
  });
});

test('a result is where the server keeps it, without its previews; the seed belongs to the first picture', async () => {
  const status = await ended(request({ count: 2, seed: 5 }));
  if (status.state !== 'succeeded') throw new Error(status.state);
  expect(status.outputs.map(({ seed }) => seed)).toEqual([5, null]);
  const urls = status.outputs.map((output) => new URL('url' in output ? output.url : ''));
  expect(urls.map(({ host, pathname, searchParams }) => [host, pathname, searchParams.get('type')])).toEqual([
    [fake.host, '/view', 'output'],
    [fake.host, '/view', 'output'],
  ]);
  expect(adapter().allowsHost(fake.host)).toBe(true);
  expect(adapter().allowsHost('comfy.example')).toBe(false);
});

test('what somebody stopped on the server itself ends as cancelled', async () => {
  const comfy = adapter();
  const job = await jobFrom(comfy.submit(request({ prompt: '__slow__' }), signal));
  for (let poll = 0; poll < 3; poll += 1) await comfy.poll(job, request(), signal);
  for (const running of fake.jobs.all) fake.jobs.cancel(running);
  expect(await comfy.poll(job, request(), signal)).toMatchObject({ state: 'failed', reason: 'cancelled' });
});

test('a cancel stops this graph and no other', async () => {
  const comfy = adapter();
  const asked = [request({ prompt: '__slow__' }), request({ prompt: '__queued__' }, { generationId: 'another' })];
  const [job, other] = await Promise.all(asked.map((one) => jobFrom(comfy.submit(one, signal))));
  for (let poll = 0; poll < 3; poll += 1) await comfy.poll(job ?? {}, request(), signal);
  expect(await comfy.cancel(job ?? {}, signal)).toBe('cancelled');
  expect(await comfy.poll(other ?? {}, request(), signal)).toEqual({ state: 'queued' });
  expect(await adapter({ baseUrl: 'http://127.0.0.1:1' }).cancel(other ?? {}, signal)).toBe('running_on');
});

test.each<[body: unknown, reason: string, cause: string]>([
  [
    { error: { type: 'missing_node_type', message: 'Node not found' }, node_errors: [] },
    'model_gone',
    '400 missing_node_type Node not found',
  ],
  [
    {
      error: { type: 'prompt_outputs_failed_validation', message: 'failed' },
      node_errors: { 4: { errors: [{ type: 'value_bigger_than_max', details: 'width' }] } },
    },
    'invalid_input',
    '400 prompt_outputs_failed_validation failed value_bigger_than_max: width',
  ],
  [
    {
      error: { type: 'prompt_outputs_failed_validation', message: 'failed' },
      node_errors: {
        1: { errors: [{ type: 'value_not_in_list', details: 'ckpt_name' }] },
        4: { errors: [{ type: 'value_bigger_than_max', details: 'width' }] },
      },
    },
    'model_gone',
    '400 prompt_outputs_failed_validation failed value_not_in_list: ckpt_name value_bigger_than_max: width',
  ],
  [null, 'invalid_input', '400'],
])('an error says whether the settings or the graph are at fault: %j', (body, reason, cause) => {
  expect(readRefusal(400, body)).toEqual({ reason, cause });
});

test('the path of the catalogue is served, for words alone', () => {
  const paths = builtInModels().flatMap(({ routes }) =>
    routes.filter(({ provider }) => provider === 'comfyui').map(({ path }) => path),
  );
  expect(paths).toEqual(['/prompt']);
  expect(adapter().serves('/prompt')).toEqual([]);
  expect(adapter().serves('/api/prompt')).toBeNull();
});

test('a check says whether it is there', async () => {
  expect(await adapter().check(['/prompt'], signal)).toEqual({ access: 'accepted', balance: null, unknownPaths: null });
  expect(await adapter({ baseUrl: 'http://127.0.0.1:1' }).check([], signal)).toMatchObject({ access: 'unreachable' });
});
