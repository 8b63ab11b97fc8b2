import { checkAccount } from '../check-account.ts';
import { withinBytes } from '../fit-picture.ts';
import { ANSWERS_AT_ONCE, type Delivery, type Provider, ProviderFault } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { createCall } from '../transport.ts';
import { usableSeed } from '../usable-seed.ts';
import { readRefusal } from './errors.ts';
import { abilitiesOf, toInput } from './inputs.ts';
import { Balance, Made } from './wire.ts';

const API = 'https://api.stability.ai';

/** What is left of the 10 MiB of a request for the picture and its mask (its error 413). In bytes. */
const MAX_PICTURE = 8_000_000;

/** A picture enlarged to 16 megapixels, as PNG in base64. */
const MAX_ANSWER = 96 * 1024 * 1024;

export interface StabilityOptions {
  /** `STABILITY_API_KEY` */
  readonly key: string;
  /** `STABILITY_BASE_URL`: a proxy or a recorded server in the API's place, without the version. */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms: for a picture, which comes with the answer, and for anything else. */
  readonly timeouts?: { readonly picture: number; readonly ask: number };
}

/** Stability AI's v2beta: one picture a call, in the answer. What it costs is in its price list alone. */
export function createStability({
  key,
  baseUrl = API,
  timeouts = { picture: 180_000, ask: 30_000 },
}: StabilityOptions): Provider {
  const call = createCall({ authorization: `Bearer ${key}` }, { maxAnswer: MAX_ANSWER });
  const base = baseUrl.replace(/\/+$/, '');

  return {
    ...ANSWERS_AT_ONCE,
    name: 'stability',
    submitIsRepeatable: false,
    submitDeadline: timeouts.picture + 5_000,
    // 150 requests within 10 seconds, by its documentation.
    limits: { activeJobs: null, submitsPerMinute: 900 },
    serves: abilitiesOf,
    // It hands out no links.
    allowsHost: () => false,

    async submit(request, signal) {
      const references = await Promise.all(request.references.map((picture) => withinBytes(picture, MAX_PICTURE)));
      const { path, form } = await toInput({ ...request, references });
      const answer = await call('POST', `${base}${path}`, { signal, timeoutMs: timeouts.picture, form });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      return readDelivery(answer.body);
    },

    // It has no list of its endpoints.
    check: (_paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${base}/v1/user/balance`, { signal, timeoutMs: timeouts.ask });
        if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
        return { balance: `${Balance.parse(answer.body).credits} credits`, unknownPaths: null };
      }),
  };
}

/** @throws ProviderFault where there is no picture; `outcomeUnknown` where the answer cannot be understood. */
function readDelivery(body: unknown): Delivery {
  const made = Made.safeParse(body);
  if (!made.success) throw new ProviderFault('provider_error', { cause: made.error, outcomeUnknown: true });
  const { image, finish_reason: finish, seed } = made.data;
  if (finish === 'CONTENT_FILTERED') {
    throw new ProviderFault('moderated_output', { cause: finish, outcomeUnknown: false });
  }
  if (!image) throw new ProviderFault('provider_error', { cause: finish ?? 'no picture', outcomeUnknown: false });
  return { state: 'succeeded', outputs: [{ bytes: Buffer.from(image, 'base64'), seed: usableSeed(seed) }] };
}
