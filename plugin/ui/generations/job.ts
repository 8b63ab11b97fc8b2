import { signal } from '@preact/signals';
import type { Generation } from '../../../shared/api/generations.ts';
import type { Order, SentOrder } from './order.ts';

/** Where a job stands, as the panel tells it. The last three need nothing more. */
export type Phase =
  | 'sending'
  | 'queued'
  | 'running'
  | 'storing'
  | 'placing'
  /** The broker could not be reached, so nobody knows whether the order arrived. Sending it again cannot pay twice. */
  | 'unsent'
  /** The pictures exist and are paid for, but did not reach the canvas. */
  | 'unplaced'
  | 'done'
  | 'failed'
  | 'cancelled';

/** One click on Generate, on its way to the canvas. */
export interface Job {
  readonly ticket: string;
  /** What can be ordered once more; null for a job that was ordered elsewhere, or by another version of the plugin. */
  readonly order: Order | null;
  /** What is sent until it is answered; null for a job that was found in the document. */
  readonly sent: SentOrder | null;
  /** Null until the broker has answered. */
  readonly generationId: string | null;
  readonly generation: Generation | null;
  readonly prompt: string;
  readonly modelName: string;
  readonly phase: Phase;
  readonly cancelling: boolean;
  /** Whether nothing can be heard of it, because the broker cannot be reached. It goes on all the same. */
  readonly away: boolean;
  /** 0 to 1; null where nobody knows. */
  readonly progress: number | null;
  /** What went wrong, or what must be known about where the picture is. */
  readonly message: string | null;
  /** What it cost and what is left, once it is done. */
  readonly receipt: string | null;
  /** An object URL of the first picture. */
  readonly thumbnail: string | null;
  /** An object URL of the first video. */
  readonly video: string | null;
}

/** How many finished jobs stay in the list. */
const FINISHED = 3;

/** The jobs of this run, newest first. */
export function createJobs({ revoke }: { readonly revoke: (objectUrl: string) => void }) {
  const jobs = signal<readonly Job[]>([]);

  function find(ticket: string): Job | undefined {
    return jobs.value.find((job) => job.ticket === ticket);
  }

  function drop(tickets: ReadonlySet<string>): void {
    for (const { ticket, thumbnail, video } of jobs.value) {
      if (tickets.has(ticket)) for (const url of [thumbnail, video]) if (url) revoke(url);
    }
    jobs.value = jobs.value.filter(({ ticket }) => !tickets.has(ticket));
  }

  return {
    jobs,
    find,
    add(job: Pick<Job, 'ticket' | 'prompt' | 'modelName' | 'phase'> & Partial<Job>): void {
      const unknown = { order: null, sent: null, generationId: null, generation: null, progress: null };
      const empty = { ...unknown, cancelling: false, away: false };
      const added: Job = { ...empty, message: null, receipt: null, thumbnail: null, video: null, ...job };
      jobs.value = [added, ...jobs.value.filter(({ ticket }) => ticket !== job.ticket)];
      const finished = jobs.value.filter(({ phase }) => isOver(phase)).slice(FINISHED);
      drop(new Set(finished.map(({ ticket }) => ticket)));
    },
    patch(ticket: string, change: Partial<Omit<Job, 'ticket'>>): void {
      jobs.value = jobs.value.map((job) => (job.ticket === ticket ? { ...job, ...change } : job));
    },
    dismiss: (ticket: string) => drop(new Set([ticket])),
    clear: () => drop(new Set(jobs.value.map(({ ticket }) => ticket))),
  };
}
export type Jobs = ReturnType<typeof createJobs>;

/** Whether nothing more will happen to a job by itself. */
export function isOver(phase: Phase): boolean {
  return phase === 'done' || phase === 'failed' || phase === 'cancelled';
}

/** Where a job stands whose generation the broker says to be in this state. */
export function phaseOf(state: Generation['state']): Phase {
  switch (state) {
    case 'queued':
    case 'running':
    case 'storing':
    case 'failed':
    case 'cancelled':
      return state;
    case 'refused':
      return 'failed';
    case 'succeeded':
      return 'placing';
    default:
      return state satisfies never;
  }
}
