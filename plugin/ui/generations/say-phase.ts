import type { Job } from './job.ts';

/** Said while nothing can be heard of a job. */
const AWAY = 'No connection right now. The picture still lands.';

/** Where a job stands, in few words. */
export function sayJob(job: Pick<Job, 'phase' | 'progress' | 'cancelling' | 'away'>): string {
  if (job.cancelling) return sayPhase(job);
  if (job.away) return AWAY;
  // On the canvas an order is queued from the click on; here nobody may read more than is known.
  return job.phase === 'sending' ? 'Sending…' : sayPhase(job);
}

/** How far a job is, in a word or two, for the placeholder. */
export function sayPhase({ phase, progress, cancelling, away }: Parameters<typeof sayJob>[0]): string {
  if (cancelling && (phase === 'queued' || phase === 'running' || phase === 'sending')) return 'Cancelling…';
  const shown = away ? 'unsent' : phase;
  switch (shown) {
    case 'sending':
    case 'queued':
      return 'Queued…';
    case 'running':
      return progress === null ? 'Drawing…' : `Drawing… ${Math.floor(progress * 10) * 10}%`;
    case 'storing':
      return 'Saving…';
    case 'placing':
      return 'Placing…';
    case 'unsent':
      return 'Waiting for a connection';
    case 'unplaced':
      return 'Not placed';
    case 'done':
      return 'Placed';
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
    default:
      return shown satisfies never;
  }
}
