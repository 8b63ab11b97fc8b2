import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createRecraft } from './adapter.ts';
import { startFakeRecraft } from './fake-server.ts';

const AT_ONCE = { never: 'the pictures come with the answer, so there is no job to wait for, ask about or cancel' };
const INLINE = { never: 'the pictures lie in the answer, so they have no links, and no size is told' };
const ONE_WORD = { never: 'it has one word for every failure of a model' };

const size = { width: 1_024, height: 1_024 };

/** Recraft's row in the table of adapters and cases. */
export const recraftConformance: Conformance = {
  name: 'recraft',
  async open() {
    const fake = await startFakeRecraft();
    return {
      adapter: (patienceMs) =>
        createRecraft({ key: 'test-key', baseUrl: fake.url, timeouts: { picture: patienceMs, ask: patienceMs } }),
      hosts: new Set([fake.host]),
      request: (prompt, count) =>
        requestFor(
          { provider: 'recraft', path: 'recraftv3' },
          { prompt, count, size: { kind: 'pixels', ...size } },
          { size },
        ),
      taken: () => fake.taken.length,
      finish: () => undefined,
      close: () => fake.close(),
    };
  },
  endings: {
    success: '1 kept',
    'a batch': '3 kept',
    queued: AT_ONCE,
    slow: AT_ONCE,
    'refused input': 'refused: moderated_input',
    'refused reference': 'refused: moderated_reference',
    'refused output': { never: 'it never holds back a picture that it has made' },
    partial: '2 kept',
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'refused: invalid_input',
    'failure of the model': 'unknown: provider_error',
    'failure behind the model': ONE_WORD,
    'time-out of the model': 'unknown: timeout',
    'no pictures': 'refused: provider_error',
    '500 after accept': 'unknown: provider_error',
    'connection lost after accept': 'unknown: provider_error',
    'answer cut off after accept': 'unknown: provider_error',
    'time-out': 'unknown: timeout',
    'answers that break off': AT_ONCE,
    'a job that is lost': AT_ONCE,
    'no dimensions': INLINE,
    'truncated body': 'bad output',
    'wrong dimensions': 'bad output',
    'blank picture': 'bad output',
    WebP: '1 kept',
    'expired link': INLINE,
    'cancel while queued': AT_ONCE,
    'cancel while running': AT_ONCE,
    'cancel of a stubborn job': AT_ONCE,
    'cancel after the end': AT_ONCE,
    'crash once it is taken': AT_ONCE,
    'crash while it runs': AT_ONCE,
    'crash once it is done': '1 kept',
  },
};
