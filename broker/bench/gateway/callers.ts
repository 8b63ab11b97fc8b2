import { randomUUID } from 'node:crypto';
import { GenerationAnswer } from '../../../shared/api/generations.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import type { Person } from '../../testing/person.ts';
import type { Picture } from './pictures.ts';

/** Fetches one picture, in whichever way, and gives how many bytes it had: what becomes of them is not measured. */
export type Caller = (index: number) => Promise<number>;

const PROMPT = 'a lighthouse at dusk, in thick strokes';

/** OpenAI's wire, at the provider itself or at a gateway before it. */
export function openaiCaller(baseUrl: string, headers: Readonly<Record<string, string>> = {}): Caller {
  return async () => {
    const response = await fetch(`${baseUrl}/images/generations`, {
      method: 'POST',
      headers: { authorization: 'Bearer bench', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-image-2', prompt: PROMPT, n: 1, size: '1024x1024' }),
    });
    const answer = (await okay(response)) as { data: { b64_json: string }[] };
    return Buffer.from(answer.data[0]?.b64_json ?? '', 'base64').length;
  };
}

/** fal's queue, asked at once as often as it takes: submit, status, result, file. */
export function falCaller(baseUrl: string): Caller {
  return async () => {
    const headers = { authorization: 'Key bench', 'content-type': 'application/json' };
    const body = JSON.stringify({ prompt: PROMPT });
    const submitted = (await okay(await fetch(`${baseUrl}/fal-ai/x`, { method: 'POST', headers, body }))) as {
      status_url: string;
      response_url: string;
    };
    await okay(await fetch(submitted.status_url, { headers }));
    const result = (await okay(await fetch(submitted.response_url, { headers }))) as { images: { url: string }[] };
    return bytesOf(await fetch(result.images[0]?.url ?? ''));
  };
}

/** What one of our users does: generate, follow it to its end, fetch the picture. Everybody has a quote beforehand. */
export async function inkpotCaller(people: readonly Person[], modelId: string, picture: Picture): Promise<Caller> {
  const { width, height } = picture;
  const settings: Settings = {
    prompt: PROMPT,
    size: { kind: 'pixels', width, height },
    count: 1,
    ...qualityOf(modelId),
  };
  const quotes = await Promise.all(people.map(async (person) => (await person.quote(modelId, settings)).token));
  return async (index) => {
    const person = people[index % people.length];
    if (!person) throw new Error('nobody is there');
    const posted = await person.request('/v1/generations', {
      method: 'POST',
      body: JSON.stringify({ quote: quotes[index % people.length], settings }),
      headers: { 'Idempotency-Key': randomUUID() },
    });
    const { generation } = GenerationAnswer.parse(await okay(posted));
    const patience = { signal: AbortSignal.timeout(300_000) };
    // The stream ends with the generation.
    await (await person.request(`/v1/generations/${generation.id}/events`, patience)).text();
    const output = await person.request(`/v1/generations/${generation.id}/outputs/0`, patience);
    if (output.ok) return bytesOf(output);
    throw new Error(`${output.status}: ${JSON.stringify((await person.read(generation.id)).generation.failure)}`);
  };
}

function qualityOf(modelId: string): Partial<Settings> {
  return modelId.startsWith('gpt-image') ? { quality: 'low' } : {};
}

async function okay(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

async function bytesOf(response: Response): Promise<number> {
  if (!response.ok) throw new Error(`${response.status} for a picture`);
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  return bytes;
}
