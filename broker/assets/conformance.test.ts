import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFal } from '../providers/fal/adapter.ts';
import { type FakeFal, startFakeFal } from '../providers/fal/fake-server.ts';
import { type Provider, ProviderFault, type ProviderRequest } from '../providers/provider.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { type Assets, BadOutput, createAssets } from './assets.ts';
import { createDiskStore } from './disk-store.ts';

/** What happens to a provider's job, seen by a broker: every adapter has an answer to every case. */
const CASES = {
  success: 'a fox',
  'a batch': 'a fox',
  queued: '__queued__',
  slow: '__slow__',
  'refused input': '__moderate__',
  'refused output': '__nsfw_output__',
  partial: '__partial__',
  'rate limit': '__429__',
  'no capacity': '__503__',
  'out of balance': '__402__',
  auth: '__401__',
  'model gone': '__gone__',
  'settings refused': '__invalid__',
  'failure of the model': '__fail__',
  'failure behind the model': '__downstream__',
  'time-out of the model': '__model_timeout__',
  'no pictures': '__no_pictures__',
  '500 after accept': '__500_after_accept__',
  'connection lost after accept': '__drop_after_accept__',
  'time-out': '__timeout__',
  'answers that break off': '__flaky__',
  'no dimensions': '__no_dimensions__',
  'truncated body': '__truncated__',
  'wrong dimensions': '__wrong_size__',
  'blank picture': '__blank__',
  WebP: '__webp__',
  'expired link': '__expired__',
  'cancel while queued': '__queued__',
  'cancel while running': '__slow__',
  'cancel of a stubborn job': '__slow__ __stubborn__',
  'cancel after the end': 'a fox',
} as const;
type Case = keyof typeof CASES;

/** How it ended, in a few words. */
type Ending = string;

/** Nothing that a drawing of our own can do. */
const CANNOT_HAPPEN = 'cannot happen';

const ENDINGS: Record<Case, { fal: Ending; sketch: Ending }> = {
  success: { fal: '1 kept', sketch: '1 kept' },
  'a batch': { fal: '3 kept', sketch: '3 kept' },
  queued: { fal: 'queued', sketch: CANNOT_HAPPEN },
  slow: { fal: 'running', sketch: CANNOT_HAPPEN },
  'refused input': { fal: 'failed: moderated_input', sketch: CANNOT_HAPPEN },
  'refused output': { fal: 'failed: moderated_output', sketch: CANNOT_HAPPEN },
  partial: { fal: '2 kept', sketch: CANNOT_HAPPEN },
  'rate limit': { fal: 'refused: rate_limited', sketch: CANNOT_HAPPEN },
  'no capacity': { fal: 'refused: capacity', sketch: CANNOT_HAPPEN },
  'out of balance': { fal: 'refused: out_of_balance', sketch: CANNOT_HAPPEN },
  auth: { fal: 'refused: auth', sketch: CANNOT_HAPPEN },
  'model gone': { fal: 'refused: model_gone', sketch: 'refused: model_gone' },
  'settings refused': { fal: 'failed: invalid_input', sketch: CANNOT_HAPPEN },
  'failure of the model': { fal: 'failed: provider_error', sketch: CANNOT_HAPPEN },
  'failure behind the model': { fal: 'failed: provider_error', sketch: CANNOT_HAPPEN },
  'time-out of the model': { fal: 'failed: timeout', sketch: CANNOT_HAPPEN },
  'no pictures': { fal: 'failed: provider_error', sketch: CANNOT_HAPPEN },
  '500 after accept': { fal: 'unknown: provider_error', sketch: CANNOT_HAPPEN },
  'connection lost after accept': { fal: 'unknown: provider_error', sketch: CANNOT_HAPPEN },
  'time-out': { fal: 'unknown: timeout', sketch: CANNOT_HAPPEN },
  'answers that break off': { fal: '1 kept', sketch: CANNOT_HAPPEN },
  'no dimensions': { fal: '1 kept', sketch: CANNOT_HAPPEN },
  'truncated body': { fal: 'bad output', sketch: CANNOT_HAPPEN },
  'wrong dimensions': { fal: 'bad output', sketch: CANNOT_HAPPEN },
  'blank picture': { fal: 'bad output', sketch: CANNOT_HAPPEN },
  WebP: { fal: '1 kept', sketch: CANNOT_HAPPEN },
  'expired link': { fal: 'bad output', sketch: CANNOT_HAPPEN },
  'cancel while queued': { fal: 'cancelled', sketch: 'cancelled' },
  'cancel while running': { fal: 'cancelled', sketch: 'cancelled' },
  'cancel of a stubborn job': { fal: 'running_on', sketch: CANNOT_HAPPEN },
  'cancel after the end': { fal: 'running_on', sketch: 'cancelled' },
};

const { signal } = new AbortController();
const names = Object.keys(CASES) as Case[];

let folder: string;
let fake: FakeFal;
let assets: Assets;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkpot-conformance-'));
  fake = await startFakeFal();
  const fetch = { operatorHosts: new Set([fake.host]), limits: { retries: 0 } };
  assets = createAssets({ store: createDiskStore(folder), fetch });
});
afterEach(async () => {
  await fake.close();
  await rm(folder, { recursive: true });
});

function requestFor(provider: Provider['name'], name: Case): ProviderRequest {
  const size = { width: 256, height: 192 };
  const sketch = name === 'model gone' ? 'none' : 'sketch';
  const path = provider === 'fal' ? 'fal-ai/qwen-image' : sketch;
  return {
    generationId: '01jd3r9k2p7q4x8v5n6m1c0bza',
    route: { provider, path },
    settings: {
      prompt: CASES[name],
      count: name === 'partial' || name === 'a batch' ? 3 : 1,
      size: { kind: 'pixels', ...size },
    },
    size,
  };
}

/** Takes a request as far as it goes, as the worker would, without its records. */
async function run(provider: Provider, request: ProviderRequest, name: Case): Promise<Ending> {
  try {
    const job = JSON.parse(JSON.stringify(await provider.submit(request, signal)));
    if (name === 'cancel while queued') return await provider.cancel(job, signal);
    for (let polls = 1; ; polls += 1) {
      const status = await provider.poll(job, request, signal).catch((error: unknown) => {
        if (error instanceof ProviderFault && !error.outcomeUnknown) return null;
        throw error;
      });
      if (status?.state === 'failed') return `failed: ${status.reason}`;
      if (status?.state === 'succeeded') {
        if (name === 'cancel after the end') return await provider.cancel(job, signal);
        const kept = await Promise.all(
          status.outputs.map((output, index) =>
            assets.receive(output, {
              expected: request.size,
              provider,
              target: { generationId: request.generationId, index },
              signal,
            }),
          ),
        );
        return `${kept.length} kept`;
      }
      if (name.startsWith('cancel') && name !== 'cancel after the end' && status?.state === 'running') {
        return await provider.cancel(job, signal);
      }
      if (polls === 6 && (name === 'slow' || name === 'queued')) return status?.state ?? 'fault';
      await new Promise((next) => setImmediate(next));
    }
  } catch (error) {
    if (error instanceof ProviderFault) return `${error.outcomeUnknown ? 'unknown' : 'refused'}: ${error.reason}`;
    if (error instanceof BadOutput) return 'bad output';
    throw error;
  }
}

describe('fal', () => {
  test.each(names.map((name) => [name, ENDINGS[name].fal] as const))('%s → %s', async (name, ending) => {
    const fal = createFal({ key: 'test-key', baseUrl: fake.url, timeouts: { submit: 2_000, ask: 5_000 } });
    expect(await run(fal, requestFor('fal', name), name)).toBe(ending);
    const wasRefused = ending.startsWith('refused');
    expect(fake.jobs.all, 'jobs that fal would bill').toHaveLength(wasRefused ? 0 : 1);
  });

  test('a slow job and a queued one end when they may', async () => {
    const fal = createFal({ key: 'test-key', baseUrl: fake.url });
    for (const name of ['slow', 'queued'] as const) {
      const request = requestFor('fal', name);
      const job = await fal.submit(request, signal);
      for (let poll = 0; poll < 5; poll += 1) {
        expect((await fal.poll(job, request, signal)).state).not.toBe('succeeded');
      }
      fake.jobs.finish();
      const last = [
        await fal.poll(job, request, signal),
        await fal.poll(job, request, signal),
        await fal.poll(job, request, signal),
      ];
      expect(last.at(-1)?.state).toBe('succeeded');
    }
  });
});

describe('sketch', () => {
  const possible = names.filter((name) => ENDINGS[name].sketch !== CANNOT_HAPPEN);
  test.each(possible.map((name) => [name, ENDINGS[name].sketch] as const))('%s → %s', async (name, ending) => {
    expect(await run(createSketch(), requestFor('sketch', name), name)).toBe(ending);
  });

  test('the words that make other providers fail are drawn like any others', async () => {
    for (const name of names.filter((candidate) => ENDINGS[candidate].sketch === CANNOT_HAPPEN)) {
      const request = requestFor('sketch', name);
      expect(await run(createSketch(), request, 'success')).toBe(`${request.settings.count} kept`);
    }
  });
});

test.each([
  ['refused input', 'moderated_input'],
  ['refused output', 'moderated_output'],
] as const)(
  'case 13: a safety filter that refuses the picture says whether it was the prompt or the result: %s',
  async (name, reason) => {
    const fal = createFal({ key: 'test-key', baseUrl: fake.url });
    expect(await run(fal, requestFor('fal', name), name)).toBe(`failed: ${reason}`);
  },
);
