import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createLuma } from './adapter.ts';
import { startFakeLuma } from './fake-server.ts';

const ONE = { never: 'it makes one video a call, and no more is offered' };
const NO_SUCH_WORD = { never: 'its failures are sentences, of which only those about moderation are known' };

/** Luma's row in the table of adapters and cases. */
export const lumaConformance: Conformance = {
  name: 'luma',
  async open() {
    const fake = await startFakeLuma();
    return {
      adapter: (patienceMs) =>
        createLuma({ key: 'test-key', baseUrl: fake.url, timeouts: { submit: patienceMs, ask: patienceMs } }),
      makes: 'videos',
      hosts: new Set([fake.host]),
      request: (prompt, count) =>
        requestFor(
          { provider: 'luma', path: 'ray-2' },
          { prompt, count, size: { kind: 'ratio', ratio: '4:3', tier: '540p' }, duration: 5 },
          { size: { width: 832, height: 624 } },
        ),
      taken: () => fake.jobs.all.length,
      finish: () => fake.jobs.finish(),
      close: () => fake.close(),
    };
  },
  endings: {
    success: '1 kept',
    'a batch': ONE,
    queued: 'queued',
    slow: 'running',
    'refused input': 'failed: moderated_input',
    'refused reference': { never: 'pictures go in by public addresses alone, so none do' },
    'refused output': 'failed: moderated_output',
    partial: ONE,
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'refused: invalid_input',
    'failure of the model': 'failed: provider_error',
    'failure behind the model': NO_SUCH_WORD,
    'time-out of the model': NO_SUCH_WORD,
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
    WebP: { never: 'videos are MP4' },
    'expired link': 'bad output',
    'cancel while queued': 'cancelled',
    'cancel while running': 'running_on',
    'cancel of a stubborn job': 'running_on',
    'cancel after the end': 'running_on',
    'crash once it is taken': '1 kept',
    'crash while it runs': '1 kept',
    'crash once it is done': '1 kept',
  },
};
