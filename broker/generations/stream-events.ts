import type { Response } from 'express';
import { type GenerationAnswer, isFinal } from '../../shared/api/generations.ts';
import type { GenerationEvents } from './generation-events.ts';

/** How often the record is read without a hint, in ms: it also keeps proxies from closing a quiet stream. */
const LOOK_INTERVAL = 5_000;

export interface StreamOptions {
  readonly events: GenerationEvents;
  readonly generationId: string;
  /** Ends the stream when it is aborted. */
  readonly draining: AbortSignal;
  /** Reads the generation's state now. */
  readonly read: (progress: number | null) => Promise<GenerationAnswer>;
}

/**
 * Sends a generation's state now and after each change, as server-sent events (HTML Living Standard §9.2), and ends the
 * stream after its final state. Changes are hints: each one has the record read again.
 */
export async function streamEvents(
  res: Response,
  { events, generationId, read, draining }: StreamOptions,
): Promise<void> {
  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  const gone = new Promise<void>((resolve) => res.once('close', resolve));
  let progress: number | null = null;
  let wake: () => void = () => undefined;
  const unsubscribe = events.subscribe(generationId, (change) => {
    progress = change.progress ?? progress;
    wake();
  });
  const timer = setInterval(() => wake(), LOOK_INTERVAL);
  const hurry = () => wake();
  draining.addEventListener('abort', hurry);
  try {
    let sent = '';
    while (!res.closed && !res.destroyed && !draining.aborted) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const answer = await read(progress);
      const data = JSON.stringify(answer);
      res.write(data === sent ? ': still here\n\n' : `event: generation\ndata: ${data}\n\n`);
      sent = data;
      if (isFinal(answer.generation.state)) break;
      await Promise.race([changed, gone]);
    }
    res.end();
  } finally {
    clearInterval(timer);
    draining.removeEventListener('abort', hurry);
    unsubscribe();
  }
}
