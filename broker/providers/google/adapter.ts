import { z } from 'zod';
import { checkAccount } from '../check-account.ts';
import { fanOut } from '../fan-out.ts';
import { withinBytes } from '../fit-picture.ts';
import {
  type Ability,
  type Delivery,
  type Provider,
  ProviderFault,
  type ProviderOutput,
  type ProviderRequest,
  type Submission,
} from '../provider.ts';
import { notSent, refusedQuestion, refusedSubmit } from '../refusal.ts';
import { type Answer, createCall } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { IMAGE_MODELS, toPictureInput, toVideoInput, VIDEO_MODELS } from './inputs.ts';
import { readOperation } from './read-operation.ts';
import { readPicture } from './read-picture.ts';
import { unknownModels } from './unknown-models.ts';
import { Operation, Started } from './wire.ts';

const API = 'https://generativelanguage.googleapis.com';
const KEY_HEADER = 'x-goog-api-key';

/** Where Google keeps files: the API itself, and what it may send a download on to (an assumption: not documented). */
const FILE_HOSTS = new Set([new URL(API).host, 'storage.googleapis.com']);

/** What all pictures of a request may have together: 20 MB as base64 (ai.google.dev, "Image understanding"). In bytes. */
const MAX_PICTURES = 14_000_000;

/** A 4K picture as PNG in base64 has up to 40 MB; more than that is no picture. */
const MAX_ANSWER = 96 * 1024 * 1024;

export interface GoogleOptions {
  /** `GEMINI_API_KEY` */
  readonly key: string;
  /** `GEMINI_BASE_URL`: a proxy or a recorded server in the API's place, without the version. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms: for a picture, which comes with the answer, and for anything else. */
  readonly timeouts?: { readonly picture: number; readonly ask: number };
}

/** What leads back to a video that is being made. */
const Job = z.object({ operation: Started.shape.name });

/** The Gemini API: pictures while the caller waits, videos by operations (ai.google.dev/api). */
export function createGoogle({
  key,
  baseUrl = API,
  timeouts = { picture: 240_000, ask: 30_000 },
}: GoogleOptions): Provider {
  const credentials = { [KEY_HEADER]: key };
  const call = createCall(credentials, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '');
  const overriddenHost = base === API ? null : new URL(base).host;

  function ask(path: string, signal: AbortSignal): Promise<Answer> {
    return call('GET', `${base}/v1beta/${path}`, { signal, timeoutMs: timeouts.ask });
  }

  async function drawOne(request: ProviderRequest, json: unknown, signal: AbortSignal): Promise<Delivery> {
    const url = `${base}/v1beta/models/${request.route.path}:generateContent`;
    return readPicture(accepted(await call('POST', url, { signal, timeoutMs: timeouts.picture, json })).body);
  }

  async function startVideo(request: ProviderRequest, signal: AbortSignal): Promise<Submission> {
    const url = `${base}/v1beta/models/${request.route.path}:predictLongRunning`;
    const json = toVideoInput(request);
    const { body } = accepted(await call('POST', url, { signal, timeoutMs: timeouts.ask, json }));
    const started = Started.safeParse(body);
    if (!started.success) throw new ProviderFault('provider_error', { cause: started.error, outcomeUnknown: true });
    return { state: 'submitted', job: Job.parse({ operation: started.data.name }) };
  }

  /** The key opens the API's own files, so it goes there and nowhere else. Behind a proxy, links are moved onto it. */
  function toOutput(uri: string): ProviderOutput {
    const url = overriddenHost !== null && uri.startsWith(`${API}/`) ? `${base}${uri.slice(API.length)}` : uri;
    return { url, seed: null, ...(url.startsWith(`${base}/`) && { credentials }) };
  }

  return {
    name: 'google',
    submitIsRepeatable: false,
    submitDeadline: timeouts.picture + 5_000,
    // They differ from project to project (aistudio.google.com), so nothing can be said beforehand.
    limits: { activeJobs: null, submitsPerMinute: null },
    pollDelay: (attempt) => Math.min(10_000, Math.round(2_000 * 1.5 ** attempt)),
    serves: (path): readonly Ability[] | null =>
      IMAGE_MODELS.includes(path) || VIDEO_MODELS.includes(path) ? ['references'] : null,
    allowsHost: (host) => FILE_HOSTS.has(host) || host === overriddenHost,

    async submit(given, signal) {
      const most = MAX_PICTURES / Math.max(1, given.references.length);
      const references = await Promise.all(given.references.map((picture) => withinBytes(picture, most)));
      const request = { ...given, references };
      const { path } = request.route;
      if (VIDEO_MODELS.includes(path)) return startVideo(request, signal);
      if (!IMAGE_MODELS.includes(path)) {
        throw notSent('model_gone', `no fields known for ${path}`);
      }
      // There is no field for a number of pictures.
      const json = toPictureInput(request);
      return fanOut(request.settings.count, () => drawOne(request, json, signal));
    },

    async poll(job, _request, signal) {
      const answer = await ask(Job.parse(job).operation, signal);
      if (answer.status === 404)
        return { state: 'failed', reason: 'provider_error', cause: 'the operation is unknown' };
      if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
      const operation = Operation.safeParse(answer.body);
      if (!operation.success) {
        throw new ProviderFault('provider_error', { cause: operation.error, outcomeUnknown: false });
      }
      return readOperation(operation.data, toOutput);
    },

    // The developer's API has no cancel (@google/genai 2.32.0: operations have `get` alone).
    cancel: async () => 'running_on',
    // Google tells no balance.
    check: (paths, signal) =>
      checkAccount(async () => ({
        balance: null,
        unknownPaths: await unknownModels((path) => ask(path, signal), paths),
      })),
  };
}

/** @throws ProviderFault for everything but an acceptance. */
function accepted(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
}
