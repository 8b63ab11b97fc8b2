import type { Bench, Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createGoogle } from './adapter.ts';
import { startFakeGoogle } from './fake-server.ts';

const AT_ONCE = { never: 'the picture comes with the answer, so there is no job to wait for, ask about or cancel' };
const INLINE = { never: 'the picture lies in the answer, so it has no link, and no size is told' };

async function open(request: Bench['request']): Promise<Bench> {
  const fake = await startFakeGoogle();
  return {
    adapter: (patienceMs) =>
      createGoogle({ key: 'test-key', baseUrl: fake.url, timeouts: { picture: patienceMs, ask: patienceMs } }),
    hosts: new Set([fake.host]),
    request,
    taken: () => fake.taken.length,
    finish: () => fake.finish(),
    close: () => fake.close(),
  };
}

/** The row of Google's pictures in the table of adapters and cases. */
export const googleConformance: Conformance = {
  name: 'google',
  open: () =>
    open((prompt, count) =>
      requestFor(
        { provider: 'google', path: 'gemini-3-pro-image' },
        { prompt, count, size: { kind: 'ratio', ratio: '4:3', tier: '1K' } },
        { size: { width: 1_184, height: 888 } },
      ),
    ),
  endings: {
    success: '1 kept',
    'a batch': '3 kept',
    queued: AT_ONCE,
    slow: AT_ONCE,
    'refused input': 'refused: moderated_input',
    'refused reference': { never: 'what is blocked before it starts is called the prompt, pictures included' },
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

const ONE = { never: 'one video is made at a time' };
const NO_CANCEL = 'running_on';

/** The row of Google's videos. */
export const googleVideosConformance: Conformance = {
  name: 'google videos',
  open: async () => ({
    ...(await open((prompt, count) =>
      requestFor(
        { provider: 'google', path: 'veo-3.1-generate-preview' },
        { prompt, count, size: { kind: 'ratio', ratio: '16:9', tier: '720p' }, duration: 4 },
        { size: { width: 1_280, height: 720 } },
      ),
    )),
    makes: 'videos',
  }),
  endings: {
    success: '1 kept',
    'a batch': ONE,
    // It does not tell waiting from working.
    queued: 'running',
    slow: 'running',
    'refused input': 'failed: moderated_input',
    'refused reference': 'failed: moderated_reference',
    'refused output': 'failed: moderated_output',
    partial: ONE,
    'rate limit': 'refused: rate_limited',
    'no capacity': 'refused: capacity',
    'out of balance': 'refused: out_of_balance',
    auth: 'refused: auth',
    'model gone': 'refused: model_gone',
    'settings refused': 'failed: invalid_input',
    'failure of the model': 'failed: provider_error',
    'failure behind the model': 'failed: capacity',
    'time-out of the model': 'failed: timeout',
    'no pictures': 'failed: provider_error',
    '500 after accept': 'unknown: provider_error',
    'connection lost after accept': 'unknown: provider_error',
    'answer cut off after accept': 'unknown: provider_error',
    'time-out': 'unknown: timeout',
    'answers that break off': '1 kept',
    'a job that is lost': 'failed: provider_error',
    'no dimensions': { never: 'no size is told' },
    'truncated body': 'bad output',
    'wrong dimensions': 'bad output',
    'blank picture': 'bad output',
    WebP: { never: 'videos are MP4' },
    'expired link': 'bad output',
    'cancel while queued': NO_CANCEL,
    'cancel while running': NO_CANCEL,
    'cancel of a stubborn job': NO_CANCEL,
    'cancel after the end': NO_CANCEL,
    'crash once it is taken': '1 kept',
    'crash while it runs': '1 kept',
    'crash once it is done': '1 kept',
  },
};
