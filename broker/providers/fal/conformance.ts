import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createFal } from './adapter.ts';
import { startFakeFal } from './fake-server.ts';

const size = { width: 256, height: 192 };

/** fal's row in the table of adapters and cases. */
export const falConformance: Conformance = {
  name: 'fal',
  async open() {
    const fake = await startFakeFal();
    return {
      adapter: (patienceMs) =>
        createFal({ key: 'test-key', baseUrl: fake.url, timeouts: { submit: patienceMs, ask: patienceMs } }),
      hosts: new Set([fake.host]),
      request: (prompt, count) =>
        requestFor(
          { provider: 'fal', path: 'fal-ai/qwen-image' },
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
    'a batch': '3 kept',
    queued: 'queued',
    slow: 'running',
    'refused input': 'failed: moderated_input',
    'refused reference': 'failed: moderated_reference',
    'refused output': 'failed: moderated_output',
    partial: '2 kept',
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'failed: invalid_input',
    'failure of the model': 'failed: provider_error',
    'failure behind the model': 'failed: provider_error',
    'time-out of the model': 'failed: timeout',
    'no pictures': 'failed: provider_error',
    '500 after accept': 'unknown: provider_error',
    'connection lost after accept': 'unknown: provider_error',
    'answer cut off after accept': 'unknown: provider_error',
    'time-out': 'unknown: timeout',
    'answers that break off': '1 kept',
    'a job that is lost': 'failed: provider_error',
    'no dimensions': '1 kept',
    'truncated body': 'bad output',
    'wrong dimensions': 'bad output',
    'blank picture': 'bad output',
    WebP: '1 kept',
    'expired link': 'bad output',
    'cancel while queued': 'cancelled',
    'cancel while running': 'cancelled',
    'cancel of a stubborn job': 'running_on',
    'cancel after the end': 'running_on',
    'crash once it is taken': '1 kept',
    'crash while it runs': '1 kept',
    'crash once it is done': '1 kept',
  },
};
