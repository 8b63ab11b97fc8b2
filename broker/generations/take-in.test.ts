import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskStore } from '../assets/disk-store.ts';
import { createPools } from '../pools/pools.ts';
import type { Delivery } from '../providers/provider.ts';
import { sampleImage } from '../providers/sample-image.ts';
import { createSketch } from '../providers/sketch/adapter.ts';
import { deleteOutputs } from './delete-outputs.ts';
import { fail } from './step.ts';
import { takeIn } from './take-in.ts';
import { startTestRun, type TestRun } from './test-run.ts';

const never = new AbortController().signal;

let house: TestRun;
beforeAll(async () => {
  house = await startTestRun();
});
afterAll(() => house.close());

test('a picture that is still being stored when another one fails is not left behind by a deletion', async () => {
  const { options, redis, ledger, store } = house;
  const { generationId, poolId } = await house.queued();
  await ledger.advance({ poolId, generationId, stage: 'submitted' });
  const generation = await store.find(generationId);
  if (!generation) throw new Error('the generation is gone');
  const { details } = generation;
  const pair = { ...generation, details: { ...details, settings: { ...details.settings, count: 2 } } };
  const bytes = await sampleImage({ width: 64, height: 64 }).png().toBuffer();
  const delivery: Delivery = { state: 'succeeded', outputs: [0, 1].map(() => ({ bytes, seed: null })) };

  const ends: string[] = [];
  const receive: typeof options.assets.receive = async (output, about) => {
    if (about.target.index === 0) throw new Error('no space left on device');
    return options.assets.receive(output, about).finally(() => void ends.push('stored'));
  };
  const run = { ...options, assets: { ...options.assets, receive } };
  await expect(takeIn(run, pair, createSketch(), delivery, never)).rejects.toThrow('no space left');
  ends.push('given up');
  await fail(options, generation, 'timeout');
  const ended = await store.find(generationId);
  if (ended) await deleteOutputs({ pools: createPools({ redis, ledger }), assets: options.assets }, ended, 'ada');
  expect(ends).toEqual(['stored', 'given up']);
  expect(await createDiskStore(house.folder).open({ generationId, index: 1 }, 'original')).toBeNull();
});
