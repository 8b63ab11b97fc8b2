import { checkAccount } from '../check-account.ts';
import { ANSWERS_AT_ONCE, type Delivery, type Provider, ProviderFault, type ProviderOutput } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { createCall } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { abilitiesOf, toInput } from './inputs.ts';
import { Made, Processed, User } from './wire.ts';

const API = 'https://external.api.recraft.ai/v1';

/** Where pictures would lie if they came as links (recraft.ai's documentation). */
const FILE_HOST = 'img.recraft.ai';

/** What Recraft bills by (recraft.ai, "API pricing": 1,000 units are one dollar). */
const USD_PER_CREDIT = 0.001;

/** Six pictures, or one enlarged, as PNG in base64. */
const MAX_ANSWER = 128 * 1024 * 1024;

export interface RecraftOptions {
  /** `RECRAFT_API_TOKEN` */
  readonly key: string;
  /** `RECRAFT_BASE_URL`: a proxy or a recorded server in the API's place, with the version. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms: for pictures, which come with the answer, and for anything else. */
  readonly timeouts?: { readonly picture: number; readonly ask: number };
}

/** Recraft: pictures, and what is done to them, while the caller waits; it names its price in each answer. */
export function createRecraft({
  key,
  baseUrl = API,
  timeouts = { picture: 300_000, ask: 30_000 },
}: RecraftOptions): Provider {
  const call = createCall({ authorization: `Bearer ${key}` }, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '');
  const overriddenHost = base === API ? null : new URL(base).host;

  return {
    ...ANSWERS_AT_ONCE,
    name: 'recraft',
    submitIsRepeatable: false,
    submitDeadline: timeouts.picture + 5_000,
    // 100 pictures a minute and 5 requests a second, by its documentation; each request may make several.
    limits: { activeJobs: null, submitsPerMinute: 100 },
    serves: abilitiesOf,
    allowsHost: (host) => host === FILE_HOST || host === overriddenHost,

    async submit(request, signal) {
      const { endpoint, json, form } = await toInput(request);
      const body = form ? { form } : { json };
      const answer = await call('POST', `${base}${endpoint}`, { signal, timeoutMs: timeouts.picture, ...body });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      return readDelivery(answer.body, request.settings.seed ?? null);
    },

    // It has no list of its models.
    check: (_paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${base}/users/me`, { signal, timeoutMs: timeouts.ask });
        if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
        return { balance: `${User.parse(answer.body).credits} API units`, unknownPaths: null };
      }),
  };
}

/** @throws ProviderFault where there is no picture; `outcomeUnknown` where the answer cannot be understood. */
function readDelivery(body: unknown, seed: number | null): Delivery {
  const processed = Processed.safeParse(body);
  const made = processed.success
    ? { success: true as const, data: { data: [processed.data.image], credits: processed.data.credits } }
    : Made.safeParse(body);
  if (!made.success) throw new ProviderFault('provider_error', { cause: made.error, outcomeUnknown: true });
  const { data, credits } = made.data;
  const outputs = data.flatMap<ProviderOutput>(({ b64_json: encoded, url }, index) => {
    // One seed makes the whole batch: alone it makes the first picture again, and only that.
    const own = index === 0 ? seed : null;
    if (encoded) return [{ bytes: Buffer.from(encoded, 'base64'), seed: own }];
    return url ? [{ url, seed: own }] : [];
  });
  if (outputs.length === 0) throw new ProviderFault('provider_error', { cause: 'no pictures', outcomeUnknown: false });
  const cost = credits ? { kind: 'credits' as const, credits, usdPerCredit: USD_PER_CREDIT } : null;
  return { state: 'succeeded', outputs, ...(cost && { cost }) };
}
