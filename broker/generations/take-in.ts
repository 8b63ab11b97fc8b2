import { BadOutput } from '../assets/assets.ts';
import type { Delivery, Provider } from '../providers/provider.ts';
import type { StoredGeneration } from './generation.ts';
import { settleWithPictures } from './settle.ts';
import { AT_ONCE, addOrphan, DONE, fail, moveTo, type Next, type RunOptions } from './step.ts';

/** Keeps the pictures, then charges for those that are good. What came too late is kept and handed out all the same. */
export async function takeIn(
  options: RunOptions,
  generation: StoredGeneration,
  provider: Provider,
  { outputs, cost, uncertain }: Delivery,
  signal: AbortSignal,
): Promise<Next> {
  const { generationId, details } = generation;
  const isMoved = await moveTo(options, generation, 'storing', ['submitted', 'storing']);
  if (!isMoved && !(await isGivenBack(options, generation))) return AT_ONCE;
  // A hint that nothing has to wait for.
  void options.events.publish(generationId, { progress: 1 });
  const wanted = outputs.slice(0, details.settings.count);
  const video = details.kind === 'video' ? { seconds: details.settings.duration } : undefined;
  const vector = options.models.get(details.modelId)?.vector;
  const received = await Promise.allSettled(
    wanted.map(async (output, index) => {
      try {
        const about = { expected: details.size, video, vector, provider, target: { generationId, index }, signal };
        return await options.assets.receive(output, about);
      } catch (error) {
        if (!(error instanceof BadOutput) || signal.aborted) throw error;
        options.logger.warn({ err: error, generationId, index }, 'a picture cannot be used');
        return null;
      }
    }),
  );
  // Only now that none of them is being stored any more: what is given up may be deleted, and stays deleted.
  for (const one of received) if (one.status === 'rejected') throw one.reason;
  const good = received.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
  if (uncertain) await addOrphan(options, generation, `${uncertain} more results may be billed`);
  if (good.length === 0) {
    options.health.failed(details.route, 'bad_output', 'no picture of it can be used');
    await addOrphan(options, generation, 'bad_output');
    await fail(options, generation, 'bad_output', { billed: true });
  } else {
    options.health.succeeded(details.route);
    const result = { outputs: good, made: wanted.length, reported: cost };
    if (await settleWithPictures(options, generation, result)) await addOrphan(options, generation, 'late');
  }
  await options.assets.dropDelivery(generationId);
  return DONE;
}

async function isGivenBack({ store }: RunOptions, { generationId }: StoredGeneration): Promise<boolean> {
  const now = await store.find(generationId);
  return now?.hold === 'released' || now?.hold === 'expired';
}
