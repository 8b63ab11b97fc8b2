import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GenerationState } from '../../../shared/api/generations.ts';
import { InkpotError } from '../../../shared/errors.ts';
import { type FakeBroker, startFakeBroker } from '../../fake-broker/fake-broker.ts';
import { createBroker } from './broker.ts';
import { followGeneration } from './follow-generation.ts';
import { createHttp } from './http.ts';

let fake: FakeBroker;
let id: string;
let waits: number[];
let aways: number;

beforeEach(async () => {
  fake = await startFakeBroker();
  fake.knobs.pace = 'by-hand';
  waits = [];
  aways = 0;
  const settings = { prompt: 'p', size: { kind: 'pixels', width: 64, height: 64 }, count: 1 } as const;
  const { token } = await broker().quote({ poolId: 'pool_1', modelId: 'sketch', settings });
  id = (await broker().generate({ quote: token, settings }, 'key')).generation.id;
});

afterEach(() => fake.close());

function broker() {
  const tokens = { access: async () => 'token', renew: async () => 'token' };
  return createBroker(createHttp({ baseUrl: fake.url, fetch, tokens }));
}

/** Follows to the end; `onWait` happens in place of each pause. */
function follow(onWait: () => void = () => undefined, signal = new AbortController().signal) {
  return followGeneration(id, {
    broker: broker(),
    signal,
    onAway() {
      aways += 1;
    },
    async wait(ms) {
      waits.push(ms);
      onWait();
    },
  });
}

test('every state is seen as it comes, and the stream ends after the last', async () => {
  const seen: [GenerationState, number | null][] = [];
  for await (const { generation } of follow()) {
    seen.push([generation.state, generation.progress]);
    if (generation.state === 'queued') fake.change(id, { state: 'running', progress: 0.5 });
    else if (generation.state === 'running') fake.succeed(id);
  }
  expect(seen).toEqual([
    ['queued', null],
    ['running', 0.5],
    ['succeeded', null],
  ]);
  expect(waits).toEqual([]);
});

test('a stream that ends too early is taken up again', async () => {
  fake.knobs.stream = 'short';
  let pauses = 0;
  const states: GenerationState[] = [];
  const events = follow(() => {
    pauses += 1;
    if (pauses === 3) fake.succeed(id);
  });
  for await (const { generation } of events) states.push(generation.state);
  expect(states.at(-1)).toBe('succeeded');
  expect(waits).toEqual([500, 500, 500]);
});

test('where no stream gets through, it asks plainly', async () => {
  for (let attempt = 0; attempt < 7; attempt++) fake.knobs.faults.push({ path: /events/, fault: 'cut' });
  const states: GenerationState[] = [];
  for await (const { generation } of follow()) {
    states.push(generation.state);
    if (states.length === 2) fake.succeed(id);
  }
  expect(states).toEqual(['queued', 'queued', 'succeeded']);
  expect(fake.requests.filter(({ line }) => line === `GET /v1/generations/${id}`)).toHaveLength(3);
  expect(aways, 'the connection is there all the same').toBe(0);
});

test('while nothing gets through, it asks more and more slowly', async () => {
  for (let attempt = 0; attempt < 14; attempt++) fake.knobs.faults.push({ path: /./, fault: 'cut' });
  const { value } = await follow().next();
  expect(value?.generation.state).toBe('queued');
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  expect(aways, 'it says so each time').toBe(7);
});

test('what the broker refuses for good ends it', async () => {
  fake.knobs.faults.push({ path: /events/, fault: new InkpotError('not_a_member') });
  await expect(follow().next()).rejects.toMatchObject({ code: 'not_a_member' });
});

test('it can be stopped in mid-stream', async () => {
  const stop = new AbortController();
  const events = follow(undefined, stop.signal);
  await events.next();
  const next = events.next();
  stop.abort(new Error('stopped'));
  await expect(next).rejects.toThrow('stopped');
});

describe('on a quiet line', () => {
  let asked: string[];
  let awayAt: number[];
  let stop: AbortController;

  beforeEach(() => {
    asked = [];
    awayAt = [];
    stop = new AbortController();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 0 });
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const late = new AbortController();
      setTimeout(() => late.abort(), ms);
      return late.signal;
    });
  });

  afterEach(() => {
    stop.abort();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** A stream with a comment every 5 s, and no word more after so many. Who aborts its request ends it, as in a browser. */
  function quietStream(comments: number, signal: AbortSignal): ReadableStream<Uint8Array> {
    let timer: ReturnType<typeof setTimeout>;
    return new ReadableStream({
      start(controller) {
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          controller.error(signal.reason);
        });
        const speak = (left: number) => {
          if (left === 0) return;
          controller.enqueue(new TextEncoder().encode(': still here\n\n'));
          timer = setTimeout(() => speak(left - 1), 5_000);
        };
        speak(comments);
      },
      cancel: () => clearTimeout(timer),
    });
  }

  /** Follows on a line that lets one stream through, and swallows whatever is asked besides. */
  function followStream(comments: number): void {
    const fetchOnce: typeof fetch = (path, init) => {
      asked.push(String(path));
      const signal = init?.signal ?? stop.signal;
      if (asked.length === 1) return Promise.resolve(new Response(quietStream(comments, signal)));
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    const tokens = { access: async () => 'token', renew: async () => 'token' };
    const options = {
      broker: createBroker(createHttp({ baseUrl: '', fetch: fetchOnce, tokens })),
      signal: stop.signal,
      onAway: () => void awayAt.push(Date.now()),
      wait: async () => undefined,
    };
    followGeneration(id, options)
      .next()
      .catch(() => undefined);
  }

  test('a stream stays open as long as something is heard on it', async () => {
    followStream(20);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(asked).toEqual([`/v1/generations/${id}/events`]);
  });

  test('that falls silent, it says so within 20 s, and so it does where nothing was ever heard', async () => {
    followStream(1);
    await vi.advanceTimersByTimeAsync(40_000);
    const [first = Infinity, second = Infinity] = awayAt;
    expect(first).toBeLessThanOrEqual(20_000);
    expect(second - first).toBeLessThanOrEqual(20_000);
  });
});
