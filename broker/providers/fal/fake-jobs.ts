import { randomUUID } from 'node:crypto';
import type { Pixels } from '../../../shared/catalogue/size.ts';

/** One job of the fake queue. */
export interface FakeJob {
  readonly id: string;
  /** The endpoint it was submitted to, sub-path included. */
  readonly path: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly prompt: string;
  /** How often its status was asked. */
  polls: number;
  state: 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED';
  isCancelled: boolean;
  /** Set by the test: a slow job may end now. */
  mayFinish: boolean;
}

/** Everything that was ever submitted: what fal would bill for. */
export interface FakeJobs {
  readonly all: readonly FakeJob[];
  add(path: string, input: Readonly<Record<string, unknown>>): FakeJob;
  find(id: string): FakeJob | undefined;
  /** Lets slow and queued jobs end: all of them, or one. */
  finish(id?: string): void;
  /** Moves a job on, as time would: by one state at most for each time that it is asked about. */
  advance(job: FakeJob): void;
  /** What `PUT …/cancel` does: a queued job is gone, a running one stops unless it is stubborn. */
  cancel(job: FakeJob): void;
}

/** @param slowPolls after how many polls a slow or queued job ends by itself. */
export function createFakeJobs(slowPolls: number): FakeJobs {
  const all: FakeJob[] = [];
  return {
    all,

    add(path, input) {
      const job: FakeJob = {
        id: randomUUID(),
        path,
        input,
        prompt: String(input.prompt),
        polls: 0,
        state: 'IN_QUEUE',
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
      if (job.isCancelled || job.prompt.includes('__quick__')) job.state = 'COMPLETED';
      const mayFinish = job.mayFinish || job.polls > slowPolls;
      if (job.prompt.includes('__queued__') && !mayFinish) return;
      if (job.state === 'IN_QUEUE') {
        if (job.polls > 1) job.state = 'IN_PROGRESS';
      } else if (job.state === 'IN_PROGRESS' && (mayFinish || !job.prompt.includes('__slow__'))) {
        job.state = 'COMPLETED';
      }
    },

    cancel(job) {
      job.isCancelled = !job.prompt.includes('__stubborn__') || job.state === 'IN_QUEUE';
    },
  };
}

/** How many pictures a job makes. */
export function pictureCount({ input, prompt }: FakeJob): number {
  const asked = Number(input.num_images ?? 1);
  return prompt.includes('__partial__') ? Math.max(1, asked - 1) : asked;
}

const PRESETS: Record<string, Pixels> = {
  square_hd: { width: 1_024, height: 1_024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1_024 },
  portrait_16_9: { width: 576, height: 1_024 },
  landscape_4_3: { width: 1_024, height: 768 },
  landscape_16_9: { width: 1_024, height: 576 },
};

/** The size that a job's pictures have: exact pixels, a named size, or a resolution in a ratio (rounded as Google does). */
export function pictureSize({ input }: FakeJob): Pixels {
  const size = input.image_size;
  if (typeof size === 'object' && size !== null && 'width' in size && 'height' in size) {
    return { width: Number(size.width), height: Number(size.height) };
  }
  if (typeof size === 'string') return PRESETS[size] ?? { width: 1_024, height: 1_024 };
  const side = { '1K': 1_024, '2K': 2_048, '4K': 4_096 }[String(input.resolution ?? '1K')] ?? 1_024;
  const [across = 1, down = 1] = String(input.aspect_ratio ?? '1:1')
    .split(':')
    .map(Number);
  const round = (length: number) => Math.round(length / 32) * 32;
  return { width: round(side * Math.sqrt(across / down)), height: round(side * Math.sqrt(down / across)) };
}
