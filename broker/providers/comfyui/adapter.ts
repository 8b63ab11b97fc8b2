import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { MAX_SEED } from '../../../shared/catalogue/settings.ts';
import { checkAccount } from '../check-account.ts';
import {
  type Ability,
  type CancelOutcome,
  type InputImage,
  type Provider,
  ProviderFault,
  type ProviderJob,
  type ProviderRequest,
  type ProviderStatus,
} from '../provider.ts';
import { notSent, refusedQuestion, refusedSubmit } from '../refusal.ts';
import { createCall } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { resultOf } from './result.ts';
import { uploadPicture } from './upload.ts';
import { Checkpoints, History, type Picture, Queue, Queued } from './wire.ts';
import { BUILT_IN, fill, placeholdersIn, readWorkflow } from './workflow.ts';

/** The path of the catalogue: there is one graph. */
const PATH = '/prompt';

/** Answers hold the whole graphs of what waits. */
const MAX_ANSWER = 32 * 1024 * 1024;

/** Where neither the person nor the catalogue says how large, in px. */
const SIDE = 1_024;

/** How often it is asked whether an interrupted graph has stopped: it does so after its current step. */
const LOOKS = 6;

export interface ComfyUIOptions {
  /** `COMFYUI_BASE_URL` */
  readonly baseUrl: string;
  /** `COMFYUI_WORKFLOW`: the file with the graph to run; without it, one for Stable Diffusion. */
  readonly workflow?: string | undefined;
  /** How long to wait for an answer, and for a graph to stop, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number; readonly stop: number };
}

const Job = z.object({ promptId: z.string() });

/**
 * A ComfyUI of the operator's, which runs one graph. Every generation has the same id there as long as it lives, so that
 * it is found again whatever was lost on the way, and never queued twice.
 * @throws Error when the file with the graph is of no use.
 */
export function createComfyUI({
  baseUrl,
  workflow: path,
  timeouts = { submit: 30_000, ask: 20_000, stop: 3_000 },
}: ComfyUIOptions): Provider {
  const call = createCall({}, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '');
  const { host } = new URL(base);
  const workflow = path === undefined ? BUILT_IN : readWorkflow(path);
  const placeholders = placeholdersIn(workflow);
  const abilities: readonly Ability[] = [
    ...(placeholders.has('image') ? (['references'] as const) : []),
    ...(placeholders.has('mask') ? (['mask'] as const) : []),
  ];

  /** @throws ProviderFault for a request that the graph has no place for, or that leaves one of its places empty. */
  function requireUnderstood({ route, references, mask }: ProviderRequest): void {
    if (route.path !== PATH) {
      throw notSent('model_gone', `no graph for ${route.path}`);
    }
    const isFilled = references.length === (placeholders.has('image') ? 1 : 0) && placeholders.has('mask') === !!mask;
    if (isFilled) return;
    const cause = `the graph has ${abilities.length === 0 ? 'no place for pictures' : 'places that were left empty'}`;
    throw notSent('invalid_input', cause);
  }

  /** Asks something that is free. @throws ProviderFault */
  async function ask<Schema extends z.ZodType>(path: string, schema: Schema, signal: AbortSignal) {
    const answer = await call('GET', `${base}${path}`, { signal, timeoutMs: timeouts.ask });
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    const parsed = schema.safeParse(answer.body);
    if (!parsed.success) throw new ProviderFault('provider_error', { cause: parsed.error, outcomeUnknown: false });
    return parsed.data;
  }

  /** Where a prompt is. The queue is asked first, since what leaves it is in the history at that moment. */
  async function find(id: string, signal: AbortSignal): Promise<'pending' | 'running' | EndedPrompt | null> {
    const { queue_running, queue_pending } = await ask('/queue', Queue, signal);
    if (queue_pending.some(([, known]) => known === id)) return 'pending';
    if (queue_running.some(([, known]) => known === id)) return 'running';
    const history = await ask(`/history/${id}`, History, signal);
    return history[id] ?? null;
  }

  async function graphFor(promptId: string, request: ProviderRequest, signal: AbortSignal) {
    const { settings, size, references, mask: painted } = request;
    const { prompt, negativePrompt = '', count } = settings;
    const { width, height } = size ?? { width: SIDE, height: SIDE };
    const checkpoint = placeholders.has('checkpoint') ? await firstCheckpoint(signal) : '';
    const fileOf = async (picture: InputImage | null | undefined, name: string) =>
      picture
        ? uploadPicture(picture, `inkpot-${promptId}-${name}`, { call, base, signal, timeoutMs: timeouts.submit })
        : '';
    const [image, mask] = [await fileOf(references[0], 'image'), await fileOf(painted, 'mask')];
    const seed = seedOf(request);
    const words = { prompt, negative_prompt: negativePrompt };
    return fill(workflow, { ...words, seed, width, height, count, checkpoint, image, mask });
  }

  async function firstCheckpoint(signal: AbortSignal): Promise<string> {
    const info = await ask('/object_info/CheckpointLoaderSimple', Checkpoints, signal);
    const [name] = info.CheckpointLoaderSimple.input.required.ckpt_name[0];
    if (name !== undefined) return name;
    throw notSent('model_gone', 'the server has no checkpoints');
  }

  /** @throws ProviderFault */
  async function queue(promptId: string, request: ProviderRequest, signal: AbortSignal): Promise<ProviderJob> {
    const json = { prompt: await graphFor(promptId, request, signal), prompt_id: promptId, client_id: 'inkpot' };
    const answer = await call('POST', `${base}${PATH}`, { signal, timeoutMs: timeouts.submit, json });
    if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
    const queued = Queued.safeParse(answer.body);
    if (!queued.success) throw new ProviderFault('provider_error', { cause: queued.error, outcomeUnknown: true });
    // Servers before 2025 choose an id of their own.
    return { promptId: queued.data.prompt_id };
  }

  async function statusOf(job: ProviderJob, request: ProviderRequest, signal: AbortSignal): Promise<ProviderStatus> {
    const { promptId } = Job.parse(job);
    const found = await find(promptId, signal);
    if (found === 'pending') return { state: 'queued' };
    if (found === 'running') return { state: 'running', progress: null };
    if (!found) return { state: 'failed', reason: 'provider_error', cause: 'ComfyUI does not know the prompt' };
    return resultOf(found, urlOf, placeholders.has('seed') ? seedOf(request) : null);
  }

  function urlOf({ filename, subfolder, type }: Picture): string {
    return `${base}/view?${new URLSearchParams({ filename, subfolder, type })}`;
  }

  async function stop(promptId: string, signal: AbortSignal): Promise<CancelOutcome> {
    const found = await find(promptId, signal);
    if (found !== 'pending' && found !== 'running') return isInterrupted(found) ? 'cancelled' : 'running_on';
    const [where, json] =
      found === 'pending'
        ? ['/queue', { delete: [promptId] }]
        : // Servers before 2025 interrupt whatever runs: that is this one.
          ['/interrupt', { prompt_id: promptId }];
    await call('POST', `${base}${where}`, { signal, timeoutMs: timeouts.ask, json });
    for (let look = 0; look < LOOKS; look += 1) {
      const now = await find(promptId, signal);
      if (now !== 'pending' && now !== 'running') return isInterrupted(now) ? 'cancelled' : 'running_on';
      await sleep(timeouts.stop / LOOKS, undefined, { signal });
    }
    return 'running_on';
  }

  return {
    name: 'comfyui',
    // It is asked first whether it has the generation already.
    submitIsRepeatable: true,
    submitDeadline: 3 * timeouts.submit + 5 * timeouts.ask,
    limits: { activeJobs: null, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(2_000, Math.round(300 * 1.25 ** attempt)),
    serves: (path) => (path === PATH ? abilities : null),
    allowsHost: (other) => other === host,

    async submit(request, signal) {
      requireUnderstood(request);
      const promptId = promptIdOf(request.generationId);
      const job = { promptId };
      if (await find(promptId, signal)) return { state: 'submitted', job };
      try {
        return { state: 'submitted', job: await queue(promptId, request, signal) };
      } catch (error) {
        if (!(error instanceof ProviderFault) || !error.outcomeUnknown) throw error;
        if (await find(promptId, signal).catch(() => Promise.reject(error))) return { state: 'submitted', job };
        throw new ProviderFault(error.reason, { cause: error.cause, outcomeUnknown: false });
      }
    },

    poll: statusOf,

    async cancel(job, signal) {
      try {
        return await stop(Job.parse(job).promptId, signal);
      } catch (error) {
        if (error instanceof ProviderFault || signal.aborted) return 'running_on';
        throw error;
      }
    },

    check: (_paths, signal) =>
      checkAccount(async () => {
        await ask('/queue', Queue, signal);
        return { balance: null, unknownPaths: null };
      }),
  };
}

type EndedPrompt = ReturnType<typeof History.parse>[string];

/** What was taken from the queue has left no trace. */
function isInterrupted(found: EndedPrompt | null): boolean {
  return found === null || (found.status?.messages ?? []).some(([type]) => type === 'execution_interrupted');
}

/** The generation's id as a UUID, the only form that ComfyUI takes for one. */
function promptIdOf(generationId: string): string {
  const hex = createHash('sha256').update(generationId).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** Where no seed was asked for: one that would be chosen again. */
function seedOf({ settings, generationId }: ProviderRequest): number {
  return settings.seed ?? createHash('sha256').update(generationId).digest().readUInt32LE(0) & MAX_SEED;
}
