import { checkAccount } from '../check-account.ts';
import {
  ANSWERS_AT_ONCE,
  type Delivery,
  type Provider,
  ProviderFault,
  type ProviderOutput,
  type ProviderRequest,
} from '../provider.ts';
import { notSent, refusedQuestion, refusedSubmit } from '../refusal.ts';
import { createCall } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { Images, Models, type Picture } from './wire.ts';

/** The path of the catalogue that leaves the model to the server; any other that is no address names a model. */
const ENDPOINT = '/v1/images/generations';

/** A few pictures of 4 megapixels as base64. */
const MAX_ANSWER = 128 * 1024 * 1024;

export interface OpenAICompatibleOptions {
  /** `OPENAI_COMPATIBLE_BASE_URL`, with `/v1` or without. */
  readonly baseUrl: string;
  /** `OPENAI_COMPATIBLE_API_KEY`, where the server wants one. */
  readonly key?: string | undefined;
  /** How long to wait for an answer, in ms. Without a graphics card a picture takes minutes. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** A server of the operator's that speaks OpenAI's wire, such as LocalAI or stable-diffusion.cpp's sd-server. */
export function createOpenAICompatible({
  baseUrl,
  key,
  timeouts = { submit: 600_000, ask: 20_000 },
}: OpenAICompatibleOptions): Provider {
  const call = createCall(key === undefined ? {} : { authorization: `Bearer ${key}` }, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
  const { host } = new URL(base);

  function outputOf(picture: Picture): ProviderOutput[] {
    if (picture.b64_json) return [{ bytes: Buffer.from(picture.b64_json, 'base64'), seed: null }];
    if (!picture.url) return [];
    const [, inline] = /^data:image\/[\w+.-]+;base64,(.+)$/s.exec(picture.url) ?? [];
    if (inline) return [{ bytes: Buffer.from(inline, 'base64'), seed: null }];
    if (!URL.canParse(picture.url, base)) return [];
    // Some give the path alone. It needs no key: LocalAI leaves its pictures open to whoever knows their address
    // (core/config/application_config.go, `PathWithoutAuth`), and a key would lie on the disk with a delivery.
    return [{ url: new URL(picture.url, base).href, seed: null }];
  }

  function readImages(body: unknown): Delivery {
    const images = Images.safeParse(body);
    if (!images.success) throw new ProviderFault('provider_error', { cause: images.error, outcomeUnknown: true });
    const outputs = (images.data.data ?? []).flatMap(outputOf);
    if (outputs.length > 0) return { state: 'succeeded', outputs };
    throw new ProviderFault('provider_error', { cause: 'no pictures', outcomeUnknown: true });
  }

  return {
    ...ANSWERS_AT_ONCE,
    name: 'openai-compatible',
    // Behind the address may be a gateway that bills.
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // sd-server draws one picture after the other: what waits here can still be cancelled.
    limits: { activeJobs: 1, submitsPerMinute: null },
    serves: (path) => (path === ENDPOINT || !path.startsWith('/') ? [] : null),
    allowsHost: (other) => other === host,

    async submit(request, signal) {
      const json = toInput(request);
      const answer = await call('POST', `${base}${ENDPOINT}`, { signal, timeoutMs: timeouts.submit, json });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      return readImages(answer.body);
    },

    check: (paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${base}/v1/models`, { signal, timeoutMs: timeouts.ask });
        if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
        const known = new Set([ENDPOINT, ...Models.parse(answer.body).data.map(({ id }) => id)]);
        return { balance: null, unknownPaths: paths.filter((path) => !known.has(path)) };
      }),
  };
}

/** The least that such servers understand: some refuse a field that they do not know. */
function toInput({ route, settings, size, references, mask }: ProviderRequest): Record<string, unknown> {
  const { path } = route;
  if (path !== ENDPOINT && path.startsWith('/')) {
    throw notSent('model_gone', `no fields known for ${path}`);
  }
  if (references.length > 0 || mask) {
    throw notSent('invalid_input', 'pictures where none are taken');
  }
  return {
    ...(path !== ENDPOINT && { model: path }),
    prompt: settings.prompt,
    ...(size && { size: `${size.width}x${size.height}` }),
    ...(settings.count > 1 && { n: settings.count }),
  };
}
