import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createBytePlus } from './adapter.ts';
import { startFakeBytePlus } from './fake-server.ts';

const AT_ONCE = { never: 'the picture comes with the answer, so there is no job to wait for, ask about or cancel' };
const INLINE = { never: 'the picture lies in the answer, so it has no link' };

/** The least that Seedream 4.0 makes. */
const size = { width: 1_280, height: 720 };

/** The row of BytePlus's pictures in the table of adapters and cases. */
export const byteplusConformance: Conformance = {
  name: 'byteplus',
  async open() {
    const fake = await startFakeBytePlus();
    return {
      provider: createBytePlus({ key: 'test-key', baseUrl: fake.url, timeouts: { picture: 1_000, ask: 1_000 } }),
      hosts: new Set([fake.host]),
      request: (prompt, count) =>
        requestFor(
          { provider: 'byteplus', path: 'seedream-4-0-250828' },
          { prompt, count, size: { kind: 'pixels', ...size } },
          { size },
        ),
      taken: () => fake.taken.length,
      finish: () => fake.finish(),
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
    'refused output': 'refused: moderated_output',
    partial: '2 kept',
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'refused: invalid_input',
    'failure of the model': 'unknown: provider_error',
    'failure behind the model': 'refused: provider_error',
    'time-out of the model': 'unknown: timeout',
    'no pictures': 'refused: provider_error',
    '500 after accept': 'unknown: provider_error',
    'connection lost after accept': 'unknown: provider_error',
    'answer cut off after accept': 'unknown: provider_error',
    'time-out': 'unknown: timeout',
    'answers that break off': AT_ONCE,
    'a job that is lost': AT_ONCE,
    'no dimensions': '1 kept',
    'truncated body': 'bad output',
    'wrong dimensions': 'bad output',
    'blank picture': 'bad output',
    WebP: '1 kept',
    'expired link': INLINE,
    'cancel while queued': AT_ONCE,
    'cancel while running': AT_ONCE,
    'cancel of a stubborn job': AT_ONCE,
    'cancel after the end': AT_ONCE,
  },
};
