import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createOpenAICompatible } from './adapter.ts';
import { startFakeCompatible } from './fake-server.ts';

const size = { width: 256, height: 192 };

const atOnce = { never: 'it works while the caller waits, so there is no job to ask about or to stop' };
const unfiltered = { never: 'it takes no pictures, and has no filter for what it makes' };

/** The row of OpenAI-compatible servers in the table of adapters and cases: LocalAI, which hands out links. */
export const openaiCompatibleConformance: Conformance = {
  name: 'openai-compatible',
  async open() {
    const fake = await startFakeCompatible({ accent: 'LocalAI', key: 'test-key' });
    return {
      adapter: (patienceMs) =>
        createOpenAICompatible({
          baseUrl: fake.url,
          key: 'test-key',
          timeouts: { submit: patienceMs, ask: patienceMs },
        }),
      hosts: new Set([fake.host]),
      request: (prompt, count) =>
        requestFor(
          { provider: 'openai-compatible', path: '/v1/images/generations' },
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
    queued: atOnce,
    slow: atOnce,
    'refused input': 'refused: moderated_input',
    'refused reference': unfiltered,
    'refused output': unfiltered,
    partial: '2 kept',
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'refused: invalid_input',
    'failure of the model': 'unknown: provider_error',
    'failure behind the model': 'unknown: provider_error',
    'time-out of the model': 'unknown: timeout',
    'no pictures': 'unknown: provider_error',
    '500 after accept': 'unknown: provider_error',
    'connection lost after accept': 'unknown: provider_error',
    'answer cut off after accept': 'unknown: provider_error',
    'time-out': 'unknown: timeout',
    'answers that break off': atOnce,
    'a job that is lost': atOnce,
    'no dimensions': '1 kept',
    'truncated body': 'bad output',
    'wrong dimensions': 'bad output',
    'blank picture': 'bad output',
    WebP: '1 kept',
    'expired link': 'bad output',
    'cancel while queued': atOnce,
    'cancel while running': atOnce,
    'cancel of a stubborn job': atOnce,
    'cancel after the end': atOnce,
    'crash once it is taken': atOnce,
    'crash while it runs': atOnce,
    'crash once it is done': '1 kept',
  },
};
