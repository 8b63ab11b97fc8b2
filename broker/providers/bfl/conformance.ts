import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createBfl } from './adapter.ts';
import { startFakeBfl } from './fake-server.ts';

const size = { width: 256, height: 192 };

const ONE = { never: 'it makes one picture a call, and no more is offered' };
const ONE_WORD = { never: 'it has one word for every failure of a model' };

/** Black Forest Labs' row in the table of adapters and cases. */
export const bflConformance: Conformance = {
  name: 'bfl',
  async open() {
    const fake = await startFakeBfl();
    return {
      adapter: (patienceMs) =>
        createBfl({ key: 'test-key', baseUrl: fake.url, timeouts: { submit: patienceMs, ask: patienceMs } }),
      hosts: new Set([fake.host]),
      request: (prompt, count) =>
        requestFor(
          { provider: 'bfl', path: '/v1/flux-2-pro' },
          { prompt, count, size: { kind: 'pixels', ...size } },
          { size },
        ),
      taken: () => fake.jobs.all.length,
      finish: () => fake.jobs.finish(),
      close: () => fake.close(),
    };
  },
  endings: {
    success: '1 kept',
    'a batch': ONE,
    queued: 'running',
    slow: 'running',
    'refused input': 'failed: moderated_input',
    'refused reference': { never: 'it does not say whether it was the words or a picture' },
    'refused output': 'failed: moderated_output',
    partial: ONE,
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'refused: invalid_input',
    'failure of the model': 'failed: provider_error',
    'failure behind the model': ONE_WORD,
    'time-out of the model': ONE_WORD,
    'no pictures': 'failed: provider_error',
    '500 after accept': 'unknown: provider_error',
    'connection lost after accept': 'unknown: provider_error',
    'answer cut off after accept': 'unknown: provider_error',
    'time-out': 'unknown: timeout',
    'answers that break off': '1 kept',
    'a job that is lost': 'failed: provider_error',
    'no dimensions': { never: 'it names no sizes' },
    'truncated body': 'bad output',
    'wrong dimensions': 'bad output',
    'blank picture': 'bad output',
    WebP: '1 kept',
    'expired link': 'bad output',
    'cancel while queued': 'running_on',
    'cancel while running': 'running_on',
    'cancel of a stubborn job': 'running_on',
    'cancel after the end': 'running_on',
    'crash once it is taken': '1 kept',
    'crash while it runs': '1 kept',
    'crash once it is done': '1 kept',
  },
};
