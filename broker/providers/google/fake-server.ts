import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Pixels } from '../../../shared/catalogue/size.ts';
import { drawFile, type FakeFile, sendFile } from '../fake-file.ts';
import { sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob } from '../fake-jobs.ts';

export interface FakeGoogle {
  readonly url: string;
  readonly host: string;
  /** The bodies of every call that was taken, and would be billed. */
  readonly taken: readonly unknown[];
  /** Lets slow videos end. */
  finish(): void;
  close(): Promise<void>;
}

/** What is read of a request's body. */
interface Input {
  readonly contents?: { parts: { text?: string; inlineData?: unknown }[] }[];
  readonly generationConfig?: { imageConfig?: { aspectRatio?: string; imageSize?: string } };
  readonly instances?: { prompt: string }[];
  readonly parameters?: { aspectRatio?: string; resolution?: string; durationSeconds?: number };
}

function failure(code: number, status: string, message: string, details: readonly unknown[] = []) {
  return { error: { code, message, status, details } };
}

function quota(quotaId: string) {
  const violations = [{ quotaMetric: 'generativelanguage.googleapis.com/requests', quotaId }];
  return failure(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '22s' },
  ]);
}

const BAD_KEY = failure(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
  { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
]);

/** How a call ends without being taken, by the magic word in its prompt. */
const REFUSALS: readonly [word: string, status: number, body: unknown][] = [
  ['__401__', 400, BAD_KEY],
  ['__402__', 429, quota('GenerateRequestsPerDayPerProjectPerModel')],
  ['__429__', 429, quota('GenerateRequestsPerMinutePerProjectPerModel')],
  ['__503__', 503, failure(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
  ['__gone__', 404, failure(404, 'NOT_FOUND', 'models/x is not found for API version v1beta.')],
  ['__invalid__', 400, failure(400, 'INVALID_ARGUMENT', 'Invalid value at imageConfig.')],
];

/** Pictures that are refused are answers like any other (HTTP 200), and cost next to nothing. */
const NO_PICTURE: readonly [word: string, body: unknown][] = [
  ['__moderate__', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
  ['__nsfw_output__', { candidates: [{ finishReason: 'IMAGE_SAFETY', finishMessage: 'held back', index: 0 }] }],
  ['__downstream__', { candidates: [{ finishReason: 'IMAGE_OTHER', index: 0 }] }],
  ['__no_pictures__', { candidates: [{ content: { parts: [{ text: 'A fox.' }] }, finishReason: 'NO_IMAGE' }] }],
];

/** How an operation ends without a video. */
const VIDEO_FAILURES: readonly [word: string, body: unknown][] = [
  ['__moderate__', { error: { code: 3, message: 'The prompt violates our usage guidelines.' } }],
  ['__moderate_reference__', { error: { code: 3, message: 'The input image violates our usage guidelines.' } }],
  ['__invalid__', { error: { code: 3, message: 'durationSeconds is out of range.' } }],
  ['__fail__', { error: { code: 13, message: 'Internal error.' } }],
  ['__downstream__', { error: { code: 14, message: 'The service is currently unavailable.' } }],
  ['__model_timeout__', { error: { code: 4, message: 'Deadline expired.' } }],
  ['__no_pictures__', { response: { generateVideoResponse: {} } }],
  [
    '__nsfw_output__',
    {
      response: {
        generateVideoResponse: { raiMediaFilteredCount: 1, raiMediaFilteredReasons: ['We filtered the videos.'] },
      },
    },
  ],
];

/**
 * The Gemini API, speaking the true wire, with its faults called by magic words in the prompt. Downloads are sent on to
 * another address, as there.
 * @param key the only key that is let in.
 */
export async function startFakeGoogle(key = 'test-key'): Promise<FakeGoogle> {
  const taken: unknown[] = [];
  const operations = createFakeJobs();
  const server = await startFakeHost(handle);

  async function handle(req: IncomingMessage, res: ServerResponse, { pathname, searchParams }: URL): Promise<unknown> {
    if (req.headers['x-goog-api-key'] !== key || searchParams.has('key')) return sendJson(res, 400, BAD_KEY);
    if (pathname === '/v1beta/models') return sendJson(res, 200, pageOfModels(searchParams.get('pageToken')));
    const [, file] = /^\/v1beta\/files\/([\w-]+):download$/.exec(pathname) ?? [];
    if (file) return res.writeHead(302, { location: `/download/${file}` }).end();
    const film = operations.find(pathname.replace('/download/', ''));
    if (film) return sendFile(res, fileOf(film));
    const [, operation] = /^\/v1beta\/models\/[\w.-]+\/operations\/([\w-]+)$/.exec(pathname) ?? [];
    if (operation) return sendOperation(res, operations.find(operation));
    const [, , verb] = /^\/v1beta\/models\/([\w.-]+):(generateContent|predictLongRunning)$/.exec(pathname) ?? [];
    if (req.method !== 'POST' || !verb) return sendJson(res, 404, failure(404, 'NOT_FOUND', 'no such method'));
    const input = (await json(req)) as Input;
    const prompt = input.instances?.[0]?.prompt ?? input.contents?.[0]?.parts[0]?.text ?? '';
    const isVideo = verb === 'predictLongRunning';
    const refusal = REFUSALS.find(([word]) => prompt.includes(word) && !(isVideo && word === '__invalid__'));
    if (refusal) return sendJson(res, refusal[1], refusal[2]);
    return isVideo ? start(res, pathname, prompt, input) : draw(res, prompt, input);
  }

  async function draw(res: ServerResponse, prompt: string, input: Input): Promise<unknown> {
    const none = NO_PICTURE.find(([word]) => prompt.includes(word));
    if (none) return sendJson(res, 200, none[1]);
    // One picture of a batch is held back.
    if (prompt.includes('__partial__') && taken.length === 2) return sendJson(res, 200, NO_PICTURE[1]?.[1]);
    taken.push(input);
    if (prompt.includes('__fail__')) return sendJson(res, 500, failure(500, 'INTERNAL', 'Internal error.'));
    if (prompt.includes('__model_timeout__')) return sendJson(res, 504, failure(504, 'DEADLINE_EXCEEDED', 'Too late.'));
    const { aspectRatio = '1:1', imageSize = '1K' } = input.generationConfig?.imageConfig ?? {};
    const bytes = await drawFile({ prompt, size: pixelsOf(aspectRatio, SIDES[imageSize] ?? 1_024) });
    const picturesIn = input.contents?.[0]?.parts.filter(({ inlineData }) => inlineData).length ?? 0;
    const draft = {
      thought: true,
      inlineData: { mimeType: 'image/png', data: Buffer.from('draft').toString('base64') },
    };
    const picture = { inlineData: { mimeType: 'image/png', data: bytes.toString('base64') } };
    const answer = {
      candidates: [
        { content: { role: 'model', parts: [draft, { text: 'Here.' }, picture] }, finishReason: 'STOP', index: 0 },
      ],
      usageMetadata: {
        promptTokenCount: 12 + 560 * picturesIn,
        candidatesTokenCount: 1_127,
        thoughtsTokenCount: 90,
        totalTokenCount: 1_229 + 560 * picturesIn,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 12 },
          ...(picturesIn > 0 ? [{ modality: 'IMAGE', tokenCount: 560 * picturesIn }] : []),
        ],
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_120 }],
      },
      modelVersion: 'fake',
    };
    return sendAccepted(res, prompt, { status: 200, body: answer });
  }

  function start(res: ServerResponse, pathname: string, prompt: string, input: Input): ServerResponse {
    taken.push(input);
    const path = pathname.replace('/v1beta/', '').replace(':predictLongRunning', '');
    const { id } = operations.add(path, { ...input.parameters }, prompt);
    return sendAccepted(res, prompt, { status: 200, body: { name: `${path}/operations/${id}` } });
  }

  function sendOperation(res: ServerResponse, job: FakeJob | undefined): ServerResponse {
    if (!job || job.prompt.includes('__lost__')) return sendJson(res, 404, failure(404, 'NOT_FOUND', 'none'));
    operations.advance(job);
    if (sendBroken(res, job)) return res;
    const name = `${job.path}/operations/${job.id}`;
    if (job.state !== 'ended') return sendJson(res, 200, { name, done: false });
    const ended = VIDEO_FAILURES.find(([word]) => job.prompt.includes(word))?.[1];
    const video = { uri: `https://generativelanguage.googleapis.com/v1beta/files/${job.id}:download?alt=media` };
    const response = { generateVideoResponse: { generatedSamples: [{ video }] } };
    return sendJson(res, 200, { name, done: true, ...(ended ?? { response }) });
  }

  return {
    url: server.url,
    host: server.host,
    taken,
    finish: () => operations.finish(),
    close: server.close,
  };
}

const SIDES: Record<string, number> = { '1K': 1_024, '2K': 2_048, '4K': 4_096 };
/** Films are small, whatever was asked: at a provider's true sizes they would take a fake seconds to make. */
function fileOf({ prompt, input }: FakeJob): FakeFile {
  const size = input.aspectRatio === '9:16' ? { width: 144, height: 256 } : { width: 256, height: 144 };
  return { prompt, size, seconds: Number(input.durationSeconds ?? 8) };
}

/** A resolution in a ratio, rounded as Google does. */
function pixelsOf(ratio: string, side: number): Pixels {
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  const round = (length: number) => Math.round(length / 32) * 32;
  return { width: round(side * Math.sqrt(across / down)), height: round(side * Math.sqrt(down / across)) };
}

/** Two pages, the last of which lacks whatever is gone. */
function pageOfModels(pageToken: string | null) {
  if (pageToken === null) return { models: [{ name: 'models/gemini-3-pro-image' }], nextPageToken: 'more' };
  return { models: [{ name: 'models/gemini-nano-banana-2.1' }, { name: 'models/veo-3.1-generate-preview' }] };
}
