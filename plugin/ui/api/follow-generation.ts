import { EventSourceParserStream } from 'eventsource-parser/stream';
import * as z from 'zod/mini';
import { GenerationAnswer, isFinal } from '../../../shared/api/generations.ts';
import { InkpotError } from '../../../shared/errors.ts';
import type { Wait } from '../clock.ts';
import type { Broker } from './broker.ts';
import { BrokerFault } from './broker-fault.ts';

/** Between two attempts, in ms; the last one repeats. */
const BACKOFF = [500, 1_000, 2_000, 4_000, 8_000] as const;

/** The broker writes at least a comment every 5 s. After this long without any, in ms, a laptop has slept or a line is dead. */
const SILENCE = 11_000;

export interface FollowOptions {
  readonly broker: Pick<Broker, 'generation' | 'events'>;
  readonly wait: Wait;
  readonly signal: AbortSignal;
  /** Told when the broker cannot be reached, before each further attempt. */
  readonly onAway: () => void;
}

/**
 * Every state of a generation that can be seen, up to its last. It follows the event stream, reconnects when that
 * breaks, and asks plainly between the attempts, so that it also ends where a proxy swallows event streams.
 * @throws InkpotError what the broker refuses for good, and the signal's reason.
 */
export async function* followGeneration(
  id: string,
  { broker, wait, signal, onAway }: FollowOptions,
): AsyncGenerator<GenerationAnswer, void, void> {
  for (let attempt = 0; ; attempt++) {
    let away = false;
    // A stream that ended without a last state (a restarted broker, a proxy's time limit), or none at all.
    for (const look of [() => streamOf(id), () => onceOf(id)]) {
      try {
        for await (const event of look()) {
          yield event;
          if (isFinal(event.generation.state)) return;
          attempt = 0;
        }
        away = false;
      } catch (error) {
        signal.throwIfAborted();
        if (!isPassing(error)) throw error;
        away = error instanceof BrokerFault;
      }
    }
    if (away) onAway();
    await wait(BACKOFF[Math.min(attempt, BACKOFF.length - 1)] ?? 0, signal);
  }

  async function* streamOf(generation: string) {
    const silence = new AbortController();
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silence.abort(new BrokerFault('unreachable')), SILENCE);
    };
    heard();
    try {
      const line = AbortSignal.any([signal, silence.signal]);
      yield* readEvents(await broker.events(generation, line), line, heard);
    } finally {
      clearTimeout(watchdog);
    }
  }

  async function* onceOf(generation: string) {
    yield await broker.generation(generation, signal);
  }
}

/** Whether asking again later may help. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BrokerFault) return error.kind === 'unreachable';
  if (!(error instanceof InkpotError)) return false;
  return error.code === 'broker_busy' || error.code === 'rate_limited' || error.code === 'internal';
}

async function* readEvents(
  response: Response,
  signal: AbortSignal,
  heard: () => void,
): AsyncGenerator<GenerationAnswer, void, void> {
  if (!response.body) throw new BrokerFault('unreachable');
  const reader = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ onComment: heard }))
    .getReader();
  const stop = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      heard();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      if (value.event === 'generation') yield parseEvent(value.data);
    }
  } catch (cause) {
    if (cause instanceof BrokerFault) throw cause;
    throw new BrokerFault('unreachable', cause);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function parseEvent(data: string): GenerationAnswer {
  const parsed = z.safeParse(GenerationAnswer, JSON.parse(data));
  if (!parsed.success) throw new BrokerFault('unintelligible', parsed.error);
  return parsed.data;
}
