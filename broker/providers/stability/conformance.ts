import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createStability } from './adapter.ts';
import { startFakeStability } from './fake-server.ts';

const AT_ONCE = { never: 'the picture comes with the answer, so there is no job to wait for, ask about or cancel' };
const ONE = { never: 'it makes one picture a call, and no more is offered' };
const INLINE = { never: 'the picture lies in the answer, so it has no link, and no size is told' };

/** Stability's row in the table of adapters and cases. */
export const stabilityConformance: Conformance = {
  name: 'stability',
  async open() {
    const fake = await startFakeStability();
    return {
      adapter: (patienceMs) =>
        createStability({ key: 'test-key', baseUrl: fake.url, timeouts: { picture: patienceMs, ask: patienceMs } }),
      hosts: new Set([fake.host]),
      request: (prompt, count) =>
        requestFor(
          { provider: 'stability', path: '/v2beta/stable-image/generate/core' },
          { prompt, count, size: { kind: 'ratio', ratio: '5:4', tier: 'standard' } },
          { size: { width: 1_144, height: 916 } },
        ),
      taken: () => fake.taken.length,
      finish: () => undefined,
      close: () => fake.close(),
    };
  },
  endings: {
    success: '1 kept',
    'a batch': ONE,
    queued: AT_ONCE,
    slow: AT_ONCE,
    'refused input': 'refused: moderated_input',
    'refused reference': { never: 'it does not say whether it was the words or a picture' },
    'refused output': 'refused: moderated_output',
    partial: ONE,
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'refused: invalid_input',
    'failure of the model': 'unknown: provider_error',
    'failure behind the model': { never: 'it has one word for every failure of a model' },
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
