import type { Conformance } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createComfyUI } from './adapter.ts';
import { startFakeComfyUI } from './fake-server.ts';

const size = { width: 256, height: 192 };

const unfiltered = { never: 'it has no safety filter' };
const own = { never: 'it lets anybody in, takes whatever comes and costs nothing' };

/** ComfyUI's row in the table of adapters and cases. */
export const comfyuiConformance: Conformance = {
  name: 'comfyui',
  async open() {
    const fake = await startFakeComfyUI();
    let asked = 0;
    return {
      adapter: (patienceMs) =>
        createComfyUI({ baseUrl: fake.url, timeouts: { submit: patienceMs, ask: patienceMs, stop: 0 } }),
      hosts: new Set([fake.host]),
      request(prompt, count) {
        asked += 1;
        return requestFor(
          { provider: 'comfyui', path: '/prompt' },
          { prompt, count, size: { kind: 'pixels', ...size } },
          { size, generationId: `generation-${asked}` },
        );
      },
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
    'refused input': unfiltered,
    'refused reference': unfiltered,
    'refused output': unfiltered,
    partial: '2 kept',
    'rate limit': own,
    'no capacity': own,
    'out of balance': own,
    auth: own,
    'model gone': 'refused: model_gone',
    'settings refused': 'refused: invalid_input',
    'failure of the model': 'failed: provider_error',
    'failure behind the model': 'failed: provider_error',
    'time-out of the model': { never: 'a graph takes as long as it takes' },
    'no pictures': 'failed: provider_error',
    // It is found again by its id.
    '500 after accept': '1 kept',
    'connection lost after accept': '1 kept',
    'answer cut off after accept': '1 kept',
    'time-out': '1 kept',
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
