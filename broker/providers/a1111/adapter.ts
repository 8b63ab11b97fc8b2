import { checkAccount } from '../check-account.ts';
import { ANSWERS_AT_ONCE, type Delivery, type Provider, ProviderFault } from '../provider.ts';
import { refusedQuestion } from '../refusal.ts';
import { createCall } from '../transport.ts';
import { usableSeed } from '../usable-seed.ts';
import { readRefusal, refusedDrawing } from './errors.ts';
import { PATHS, toInput } from './inputs.ts';
import { Images, Info } from './wire.ts';

/** A few pictures of 4 megapixels as base64. */
const MAX_ANSWER = 128 * 1024 * 1024;

export interface A1111Options {
  /** `A1111_BASE_URL` */
  readonly baseUrl: string;
  /** `A1111_AUTH`: `user:password`, as the server was given it by `--api-auth`. */
  readonly auth?: string | undefined;
  /** How long to wait for an answer, in ms. Without a graphics card a picture takes minutes. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** AUTOMATIC1111's web UI, Forge, or whatever has their API: it works while the caller waits. */
export function createA1111({ baseUrl, auth, timeouts = { submit: 600_000, ask: 20_000 } }: A1111Options): Provider {
  const credentials: Readonly<Record<string, string>> =
    auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
  const call = createCall(credentials, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '');
  const { host } = new URL(base);
  return {
    ...ANSWERS_AT_ONCE,
    name: 'a1111',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // It draws one picture after the other: what waits here can still be cancelled.
    limits: { activeJobs: 1, submitsPerMinute: null },
    serves: (path) => (Object.hasOwn(PATHS, path) && PATHS[path]) || null,
    allowsHost: (other) => other === host,

    async submit(request, signal) {
      const json = toInput(request);
      const url = `${base}${request.route.path}`;
      const answer = await call('POST', url, { signal, timeoutMs: timeouts.submit, json });
      if (answer.status >= 300) throw refusedDrawing(answer);
      return readImages(answer.body, request.settings.count);
    },

    /** Its list of weights says that its API is on and lets the operator in; paths have no list. */
    check: (_paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${base}/sdapi/v1/sd-models`, { signal, timeoutMs: timeouts.ask });
        if (answer.status >= 300) throw refusedQuestion(readRefusal(answer));
        return { balance: null, unknownPaths: null };
      }),
  };
}

/** @throws ProviderFault where an answer that says success has nothing to show. */
function readImages(body: unknown, asked: number): Delivery {
  const answer = Images.safeParse(body);
  if (!answer.success) throw new ProviderFault('provider_error', { cause: answer.error, outcomeUnknown: true });
  const { all_seeds: seeds, seed, index_of_first_image: first } = readInfo(answer.data.info);
  // Extensions put pictures of theirs behind those that were asked for.
  const images = (answer.data.images ?? []).slice(first ?? 0).slice(0, asked);
  if (images.length === 0) throw new ProviderFault('provider_error', { cause: 'no pictures', outcomeUnknown: true });
  return {
    state: 'succeeded',
    outputs: images.map((image, index) => ({
      bytes: Buffer.from(image.replace(/^data:image\/\w+;base64,/, ''), 'base64'),
      seed: usableSeed(seeds?.[index] ?? (index === 0 ? seed : null)),
    })),
  };
}

/** What cannot be read of it is not known. */
function readInfo(text: string | null | undefined): Partial<ReturnType<typeof Info.parse>> {
  try {
    const info = Info.safeParse(JSON.parse(text ?? '{}'));
    return info.success ? info.data : {};
  } catch {
    return {};
  }
}
