import { randomUUID } from 'node:crypto';

/** One job of a fake provider's. */
export interface FakeJob {
  readonly id: string;
  /** What it was submitted to. */
  readonly path: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly prompt: string;
  /** Where it was asked to tell of its end. */
  readonly webhook: string | null;
  /** How often its status was asked. */
  polls: number;
  state: 'waiting' | 'running' | 'ended';
  isCancelled: boolean;
  /** Set by the test: a slow job may end now. */
  mayFinish: boolean;
}

/** Everything that was ever submitted: what the provider would bill for. */
export interface FakeJobs {
  readonly all: readonly FakeJob[];
  add(path: string, input: Readonly<Record<string, unknown>>, prompt: string, webhook?: string | null): FakeJob;
  find(id: string): FakeJob | undefined;
  /** Lets slow and queued jobs end: all of them, or one. */
  finish(id?: string): void;
  /** Moves a job on, as time would: by one state at most for each time that it is asked about. */
  advance(job: FakeJob): void;
  /** A waiting job is gone, a running one stops unless it is stubborn. */
  cancel(job: FakeJob): void;
}

/**
 * The jobs behind a fake provider. `__quick__`, `__slow__`, `__queued__` and `__stubborn__` in a prompt set their pace.
 * @param slowPolls after how many polls a slow or queued job ends by itself.
 */
export function createFakeJobs(slowPolls = Number.POSITIVE_INFINITY): FakeJobs {
  const all: FakeJob[] = [];
  return {
    all,

    add(path, input, prompt, webhook = null) {
      const id = randomUUID();
      const job: FakeJob = {
        id,
        path,
        input,
        prompt,
        webhook,
        polls: 0,
        state: 'waiting',
        isCancelled: false,
        mayFinish: false,
      };
      all.push(job);
      return job;
    },

    find: (id) => all.find((job) => job.id === id),

    finish(id) {
      for (const job of all) if (!id || job.id === id) job.mayFinish = true;
    },

    advance(job) {
      job.polls += 1;
      if (job.isCancelled || job.prompt.includes('__quick__')) job.state = 'ended';
      const mayFinish = job.mayFinish || job.polls > slowPolls;
      if (job.prompt.includes('__queued__') && !mayFinish) return;
      if (job.state === 'waiting') {
        if (job.polls > 1) job.state = 'running';
      } else if (job.state === 'running' && (mayFinish || !job.prompt.includes('__slow__'))) {
        job.state = 'ended';
      }
    },

    cancel(job) {
      job.isCancelled = !job.prompt.includes('__stubborn__') || job.state === 'waiting';
    },
  };
}
