import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MAX_SEED } from '../../../shared/catalogue/settings.ts';
import { canEncodeVideo } from '../can-encode-video.ts';
import type { Ability, Provider, ProviderOutput, ProviderRequest, ProviderStatus } from '../provider.ts';
import { notSent } from '../refusal.ts';
import { animate } from './animate.ts';
import { render } from './render.ts';
import { repaint, upscale } from './rework.ts';

/** How much is drawn, by the route's path; `fine` goes by the quality. */
const DETAIL: Record<string, number> = { sketch: 1, draft: 0.5, poster: 1.3 };
const FINE_DETAIL: Record<string, number> = { draft: 0.5, standard: 1, fine: 1.6 };

/** The path that makes videos; a platform without an encoder does not have it. */
const MOTION = 'motion';

/** What starts from a picture instead of an empty sheet: quick enough to be done while the caller waits. */
const REWORKS: Readonly<Record<string, readonly Ability[]>> = {
  upscale: ['references'],
  repaint: ['references', 'mask'],
};

/** How long finished pictures wait in memory for their next poll, in ms; after that they are drawn again. */
const KEPT_FOR = 60_000;

const Job = z.object({ seed: z.int().min(0).max(MAX_SEED) });

/** A generation being drawn in this process. */
interface Drawing {
  readonly stop: AbortController;
  done: number;
  result: ProviderStatus | null;
}

/**
 * The built-in route: generative art, not AI, drawn offline from the prompt and the seed. A picture of the same prompt,
 * seed and shape is always the same, so that a job can be drawn again at any time, by any broker: what is kept between
 * calls only saves work.
 */
export function createSketch(): Provider {
  const drawings = new Map<string, Drawing>();

  function start(request: ProviderRequest, seed: number): Drawing {
    const drawing: Drawing = { stop: new AbortController(), done: 0, result: null };
    drawings.set(request.generationId, drawing);
    void draw(request, seed, drawing).then((result) => {
      drawing.result = result;
      setTimeout(() => forget(request.generationId, drawing), KEPT_FOR).unref();
    });
    return drawing;
  }

  function forget(generationId: string, drawing: Drawing): void {
    if (drawings.get(generationId) === drawing) drawings.delete(generationId);
  }

  return {
    name: 'sketch',
    submitIsRepeatable: true,
    submitDeadline: 10_000,
    limits: { activeJobs: null, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(1_000, Math.round(100 * 1.5 ** attempt)),
    serves: (path) => (knows(path) ? (REWORKS[path] ?? []) : null),
    allowsHost: () => false,
    check: async (paths) => ({
      access: 'accepted',
      balance: null,
      unknownPaths: paths.filter((path) => !knows(path)),
    }),

    async submit(request) {
      const seed = request.settings.seed ?? seedFrom(request.generationId);
      if (request.route.path in REWORKS) return { state: 'succeeded', outputs: [await rework(request, seed)] };
      requireKnown(request);
      if (!drawings.has(request.generationId)) start(request, seed);
      return { state: 'submitted', job: { generationId: request.generationId, seed } };
    },

    async poll(job, request) {
      const { seed } = Job.parse(job);
      const drawing = drawings.get(request.generationId) ?? start(request, seed);
      if (!drawing.result) return { state: 'running', progress: drawing.done / request.settings.count };
      forget(request.generationId, drawing);
      return drawing.result;
    },

    async cancel({ generationId }) {
      const drawing = drawings.get(String(generationId));
      drawing?.stop.abort();
      if (drawing) forget(String(generationId), drawing);
      return 'cancelled';
    },
  };
}

/** One picture after the other: sharp uses all cores for each. */
async function draw(request: ProviderRequest, seed: number, drawing: Drawing): Promise<ProviderStatus> {
  const { settings, size } = request;
  const outputs: ProviderOutput[] = [];
  try {
    if (!size) throw new RangeError('a sketch needs a size');
    for (let index = 0; index < settings.count && !drawing.stop.signal.aborted; index += 1) {
      // Each picture of a batch has a seed of its own, with which it can be drawn again alone.
      const own = (seed + index) % (MAX_SEED + 1);
      const drawn = { prompt: settings.prompt, seed: own, ...size };
      const bytes =
        request.route.path === MOTION
          ? await animate({ ...drawn, seconds: settings.duration ?? 2 })
          : await render({ ...drawn, detail: detailOf(request) });
      outputs.push({ bytes, seed: own });
      drawing.done = index + 1;
    }
    return { state: 'succeeded', outputs };
  } catch (error) {
    return { state: 'failed', reason: 'provider_error', cause: String(error) };
  }
}

async function rework(request: ProviderRequest, seed: number): Promise<ProviderOutput> {
  const {
    settings,
    mask,
    references: [picture],
  } = request;
  if (!picture) throw notSent('invalid_input', 'no picture');
  if (!mask) return { bytes: await upscale(picture, settings.factor ?? 2), seed: null };
  return { bytes: await repaint(picture, mask, { prompt: settings.prompt, seed }), seed };
}

function knows(path: string): boolean {
  if (path === MOTION) return canEncodeVideo();
  return path === 'fine' || Object.hasOwn(DETAIL, path) || Object.hasOwn(REWORKS, path);
}

/** @throws ProviderFault `model_gone` */
function requireKnown({ route }: ProviderRequest): void {
  if (knows(route.path)) return;
  throw notSent('model_gone', `no sketch named ${route.path}`);
}

function detailOf({ route, settings }: ProviderRequest): number {
  const detail = route.path === 'fine' ? FINE_DETAIL[settings.quality ?? 'standard'] : DETAIL[route.path];
  return detail ?? 1;
}

/** Where no seed was asked for: one that the next broker would choose as well. */
function seedFrom(generationId: string): number {
  return createHash('sha256').update(generationId).digest().readUInt32LE(0) & MAX_SEED;
}
