import { checkAccount } from '../check-account.ts';
import { ANSWERS_AT_ONCE, type Delivery, type Provider, ProviderFault } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import type { ReportedCost } from '../reported-cost.ts';
import { createCall } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { featuresOf, toInput } from './inputs.ts';
import { Images, Models } from './wire.ts';

const API = 'https://api.openai.com/v1';

/** Ten pictures as base64; one of 8 megapixels may have 20 MB. */
const MAX_ANSWER = 300 * 1024 * 1024;

export interface OpenAIOptions {
  /** `OPENAI_API_KEY` */
  readonly key: string;
  /** `OPENAI_BASE_URL`: a proxy or a recorded server, with its `/v1` if it has one. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. A picture takes up to two minutes, ten of them longer. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** OpenAI's Images API: it works while the caller waits, and hands the pictures over in its answer. */
export function createOpenAI({
  key,
  baseUrl = API,
  timeouts = { submit: 300_000, ask: 20_000 },
}: OpenAIOptions): Provider {
  const call = createCall({ authorization: `Bearer ${key}` }, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '');
  const overriddenHost = base === API ? null : new URL(base).host;
  return {
    ...ANSWERS_AT_ONCE,
    name: 'openai',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // Rates depend on the account's tier, and are not documented as numbers.
    limits: { activeJobs: null, submitsPerMinute: null },
    serves(path) {
      const features = featuresOf(path);
      return features && ['references', 'mask', ...(features.transparent ? (['transparent'] as const) : [])];
    },
    allowsHost: (host) => host === overriddenHost,

    async submit(request, signal) {
      const { endpoint, ...body } = await toInput(request);
      const url = `${base}/images/${endpoint}`;
      const answer = await call('POST', url, { signal, timeoutMs: timeouts.submit, ...body });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      return readImages(answer.body);
    },

    check: (paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${base}/models`, { signal, timeoutMs: timeouts.ask });
        if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
        const known = new Set(Models.parse(answer.body).data.map(({ id }) => id));
        return { balance: null, unknownPaths: paths.filter((path) => !known.has(path)) };
      }),
  };
}

/** @throws ProviderFault where an answer that says success has nothing to show: whether that is billed, nobody says. */
function readImages(body: unknown): Delivery {
  const images = Images.safeParse(body);
  if (!images.success) throw new ProviderFault('provider_error', { cause: images.error, outcomeUnknown: true });
  const { data, usage } = images.data;
  if (!data?.length) throw new ProviderFault('provider_error', { cause: 'no pictures', outcomeUnknown: true });
  const cost = costOf(usage);
  return {
    state: 'succeeded',
    outputs: data.map(({ b64_json }) => ({ bytes: Buffer.from(b64_json, 'base64'), seed: null })),
    ...(cost && { cost }),
  };
}

function costOf(usage: Images['usage']): ReportedCost | null {
  if (!usage) return null;
  const { input_tokens_details: input, output_tokens, output_tokens_details: output } = usage;
  return {
    kind: 'tokens',
    textIn: input.text_tokens,
    imageIn: input.image_tokens,
    textOut: output?.text_tokens ?? 0,
    imageOut: output?.image_tokens ?? output_tokens,
  };
}
