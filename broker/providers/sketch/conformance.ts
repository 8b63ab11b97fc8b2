import { CASES, type Case, type Conformance, type Ending } from '../conformance.ts';
import { requestFor } from '../test-request.ts';
import { createSketch } from './adapter.ts';

const size = { width: 256, height: 192 };

/** A drawing of our own has no server that could refuse or fail: the words that make others do so are drawn. */
const never = { never: 'it is drawn here, whatever the words' };

const possible: Partial<Record<Case, Ending>> = {
  success: '1 kept',
  'a batch': '3 kept',
  'model gone': 'refused: model_gone',
  'cancel while queued': 'cancelled',
  'cancel while running': 'cancelled',
  'cancel after the end': 'cancelled',
  'crash once it is taken': '1 kept',
  'crash while it runs': '1 kept',
  'crash once it is done': '1 kept',
};

/** sketch's row in the table of adapters and cases. */
export const sketchConformance: Conformance = {
  name: 'sketch',
  async open() {
    let taken = 0;
    return {
      adapter() {
        const sketch = createSketch();
        return {
          ...sketch,
          async submit(request, signal) {
            const submission = await sketch.submit(request, signal);
            taken += 1;
            return submission;
          },
        };
      },
      hosts: new Set(),
      request: (prompt, count) =>
        requestFor(
          { provider: 'sketch', path: prompt === CASES['model gone'] ? 'none' : 'sketch' },
          { prompt, count, size: { kind: 'pixels', ...size } },
          { size },
        ),
      taken: () => taken,
      finish: () => undefined,
      close: async () => undefined,
    };
  },
  endings: Object.fromEntries(
    (Object.keys(CASES) as Case[]).map((name) => [name, possible[name] ?? never]),
  ) as unknown as Conformance['endings'],
};
