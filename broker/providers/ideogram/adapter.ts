import { checkAccount } from '../check-account.ts';
import { ANSWERS_AT_ONCE, type Delivery, type Provider, ProviderFault } from '../provider.ts';
import { refusedQuestion, refusedSubmit } from '../refusal.ts';
import { createCall } from '../transport.ts';
import { usableSeed } from '../usable-seed.ts';
import { readRefusal } from './errors.ts';
import { PATHS, toInput } from './inputs.ts';
import { Images } from './wire.ts';

const API = 'https://api.ideogram.ai';

export interface IdeogramOptions {
  /** `IDEOGRAM_API_KEY` */
  readonly key: string;
  /** `IDEOGRAM_BASE_URL` */
  readonly baseUrl?: string | undefined;
  /** How long to wait for an answer, in ms. */
  readonly timeouts?: { readonly submit: number; readonly ask: number };
}

/** Ideogram: it works while the caller waits, and answers with links that expire. */
export function createIdeogram({
  key,
  baseUrl = API,
  timeouts = { submit: 240_000, ask: 20_000 },
}: IdeogramOptions): Provider {
  const call = createCall({ 'Api-Key': key });
  const base = baseUrl.replace(/\/+$/, '');
  const overriddenHost = base === API ? null : new URL(base).host;
  return {
    ...ANSWERS_AT_ONCE,
    name: 'ideogram',
    submitIsRepeatable: false,
    submitDeadline: timeouts.submit,
    // Ten in flight where nothing else is agreed on.
    limits: { activeJobs: 10, submitsPerMinute: null },
    serves: (path) => (Object.hasOwn(PATHS, path) && PATHS[path]) || null,
    allowsHost: (host) => host === 'ideogram.ai' || host.endsWith('.ideogram.ai') || host === overriddenHost,

    async submit(request, signal) {
      const { path, form } = await toInput(request);
      const answer = await call('POST', `${base}${path}`, { signal, timeoutMs: timeouts.submit, form });
      if (answer.status >= 300) throw refusedSubmit(answer, readRefusal(answer.status, answer.body));
      return readImages(answer.body);
    },

    /** There is no list of endpoints and no balance to ask for. A key without a view of the bills is told 404. */
    check: (_paths, signal) =>
      checkAccount(async () => {
        const answer = await call('GET', `${base}/v2/account/usage`, { signal, timeoutMs: timeouts.ask });
        if (answer.status >= 300 && answer.status !== 404) {
          throw refusedQuestion(readRefusal(answer.status, answer.body));
        }
        return { balance: null, unknownPaths: null };
      }),
  };
}

/**
 * @throws ProviderFault where no picture is handed out. A run that has completed is billed, also for pictures that are
 *   withheld (developer.ideogram.ai "Errors and Billing").
 */
function readImages(body: unknown): Delivery {
  const images = Images.safeParse(body);
  if (!images.success) throw new ProviderFault('provider_error', { cause: images.error, outcomeUnknown: true });
  const { data } = images.data;
  const outputs = data.flatMap(({ url, is_image_safe, seed }) =>
    url && is_image_safe !== false ? [{ url, seed: usableSeed(seed) }] : [],
  );
  const withheld = data.length - outputs.length;
  if (outputs.length > 0) return { state: 'succeeded', outputs, ...(withheld > 0 && { uncertain: withheld }) };
  const isWithheld = data.length > 0;
  throw new ProviderFault(isWithheld ? 'moderated_output' : 'provider_error', {
    cause: isWithheld ? 'is_image_safe: false' : 'no pictures',
    outcomeUnknown: true,
  });
}
