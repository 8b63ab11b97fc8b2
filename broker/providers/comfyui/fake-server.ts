import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FakeBody, readBody } from '../fake-body.ts';
import { sendFile } from '../fake-file.ts';
import { type FakeHost, sendAccepted, sendBroken, sendJson, startFakeHost } from '../fake-host.ts';
import { createFakeJobs, type FakeJob, type FakeJobs } from '../fake-jobs.ts';
import { CHECKPOINTS, type FakeDrawing, readGraph } from './fake-graph.ts';

export interface FakeComfyUI extends FakeHost {
  readonly jobs: FakeJobs;
  /** What was queued, by the id of its prompt. */
  readonly drawings: ReadonlyMap<string, FakeDrawing>;
  /** What was handed in, by the name that nodes call it by. */
  readonly uploads: ReadonlyMap<string, Buffer>;
}

export interface FakeComfyUIOptions {
  /** False as before 2025: it gives every prompt an id of its own, and interrupts whatever runs. */
  readonly takesIds?: boolean;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** ComfyUI, speaking the true wire, with its faults called by magic words in the prompt (see `CASES`). */
export async function startFakeComfyUI({ takesIds = true }: FakeComfyUIOptions = {}): Promise<FakeComfyUI> {
  const jobs = createFakeJobs();
  const prompts = new Map<string, FakeJob>();
  const drawings = new Map<string, FakeDrawing>();
  const uploads = new Map<string, Buffer>();
  const fake = await startFakeHost(handle);
  return { ...fake, jobs, drawings, uploads };

  async function handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<ServerResponse> {
    const { pathname, searchParams } = url;
    const [, id] = /^\/history\/(.+)$/.exec(pathname) ?? [];
    if (id !== undefined) return sendJson(res, 200, historyOf(id));
    switch (`${req.method} ${pathname}`) {
      case 'GET /queue':
        return sendQueue(res);
      case 'GET /object_info/CheckpointLoaderSimple':
        return sendJson(res, 200, {
          CheckpointLoaderSimple: { input: { required: { ckpt_name: [CHECKPOINTS, { tooltip: 'The weights.' }] } } },
        });
      case 'GET /view':
        return sendPicture(res, searchParams);
      case 'POST /prompt':
        return queue(res, (await readBody(req)).fields);
      case 'POST /upload/image':
        return upload(res, await readBody(req));
      case 'POST /queue':
        return dequeue(res, (await readBody(req)).fields);
      case 'POST /interrupt':
        return interrupt(res, (await readBody(req)).fields);
      default:
        return sendJson(res, 404, { error: 'Not Found' });
    }
  }

  function queue(res: ServerResponse, { prompt: graph, prompt_id }: Readonly<Record<string, unknown>>): ServerResponse {
    if (takesIds && prompt_id !== undefined && !UUID.test(String(prompt_id))) {
      return sendJson(res, 400, { error: { type: 'invalid_prompt_id', message: '', details: '' }, node_errors: {} });
    }
    const drawing = readGraph(graph, uploads);
    if ('error' in drawing) return sendJson(res, 400, drawing);
    const refusal = { __gone__: 'value_not_in_list', __invalid__: 'value_bigger_than_max' };
    for (const [word, type] of Object.entries(refusal)) {
      if (!drawing.prompt.includes(word)) continue;
      const error = { type: 'prompt_outputs_failed_validation', message: '', details: '' };
      return sendJson(res, 400, { error, node_errors: { 1: { errors: [{ type, details: word }] } } });
    }
    const id = takesIds && prompt_id !== undefined ? String(prompt_id) : randomUUID();
    prompts.set(id, jobs.add('/prompt', { graph }, drawing.prompt));
    drawings.set(id, drawing);
    const body = { prompt_id: id, number: jobs.all.length, node_errors: {} };
    return sendAccepted(res, drawing.prompt, { status: 200, body });
  }

  function upload(res: ServerResponse, { fields, files: [file] }: FakeBody): ServerResponse {
    if (file?.field !== 'image') return res.writeHead(400).end();
    uploads.set(`${file.name} [${fields.type ?? 'input'}]`, file.bytes);
    return sendJson(res, 200, { name: file.name, subfolder: '', type: fields.type ?? 'input' });
  }

  /** Every look at the queue is a moment later. */
  function sendQueue(res: ServerResponse): ServerResponse {
    const alive = [...prompts].filter(([, job]) => !job.prompt.includes('__lost__') && !isDequeued(job));
    for (const [, job] of alive) if (job.state !== 'ended') jobs.advance(job);
    if (alive.some(([, job]) => job.state !== 'ended' && sendBroken(res, job))) return res;
    const items = (state: FakeJob['state']) =>
      alive.filter(([, job]) => job.state === state).map(([id], number) => [number, id, {}, { client_id: 'c' }, ['7']]);
    return sendJson(res, 200, { queue_running: items('running'), queue_pending: items('waiting') });
  }

  function historyOf(id: string) {
    const job = prompts.get(id);
    if (job?.state !== 'ended' || job.prompt.includes('__lost__') || isDequeued(job)) return {};
    const failed = /__(fail|downstream)__/.test(job.prompt);
    if (job.isCancelled || failed) {
      const error = { node_type: 'KSampler', exception_message: 'CUDA out of memory' };
      const message = failed ? ['execution_error', error] : ['execution_interrupted', { node_id: '5' }];
      const messages = [['execution_start', {}], message];
      return { [id]: { outputs: {}, status: { status_str: 'error', completed: false, messages } } };
    }
    const { count = 0 } = drawings.get(id) ?? {};
    const made = job.prompt.includes('__partial__') ? count - 1 : count;
    const images = Array.from({ length: made }, (_, index) => ({
      filename: `${id}_${index}.png`,
      subfolder: '',
      type: 'output',
    }));
    const outputs = job.prompt.includes('__no_pictures__')
      ? {}
      : { 4: { images: [{ filename: 'preview.png', subfolder: '', type: 'temp' }] }, 7: { images } };
    const status = { status_str: 'success', completed: true, messages: [['execution_success', {}]] };
    return { [id]: { outputs, status, meta: {} } };
  }

  function dequeue(res: ServerResponse, { delete: ids }: Readonly<Record<string, unknown>>): ServerResponse {
    for (const id of [ids].flat()) {
      const job = prompts.get(String(id));
      if (job?.state === 'waiting') jobs.cancel(job);
    }
    return res.writeHead(200).end();
  }

  function interrupt(res: ServerResponse, { prompt_id }: Readonly<Record<string, unknown>>): ServerResponse {
    for (const [id, job] of prompts) {
      if (job.state === 'running' && (id === prompt_id || !takesIds)) jobs.cancel(job);
    }
    return res.writeHead(200).end();
  }

  function sendPicture(res: ServerResponse, query: URLSearchParams): ServerResponse | Promise<ServerResponse> {
    const [id = ''] = (query.get('filename') ?? '').split('_');
    const drawing = drawings.get(id);
    if (!drawing || query.get('type') !== 'output') return sendJson(res, 404, {});
    // It has no filter for results: what the word makes others black out is drawn.
    const { prompt, ...size } = drawing;
    return sendFile(res, { prompt: prompt.replace('__nsfw_output__', ''), size });
  }
}

/** What is taken out of the queue before it runs leaves no trace. */
function isDequeued({ isCancelled, state }: FakeJob): boolean {
  return isCancelled && state === 'waiting';
}
