import { DelayedError, type IRedisClient, type Job, Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { Provider } from '../providers/provider.ts';
import { withDeadline } from '../redis/deadline.ts';
import type { StoredGeneration } from './generation.ts';
import type { Next } from './step.ts';

/** Generations that a worker has to take a step of. The ledger's record is the truth; a job only wakes a worker. */
export interface Jobs {
  /** Whether this broker has workers for a provider's generations. */
  serves(provider: string): boolean;
  /** Queues a generation, unless it is queued already. Where that fails, the sweeper does it later. */
  enqueue(generation: Pick<StoredGeneration, 'generationId' | 'details'>): Promise<void>;
  /** Has the next step taken now instead of at its time, where it can. */
  hurry(generation: Pick<StoredGeneration, 'generationId' | 'details'>): Promise<void>;
  /** Ends the steps that are under way, and takes no more. */
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly providers: Iterable<Pick<Provider, 'name' | 'submitDeadline'>>;
  /** Opens a connection that BullMQ may block on. */
  readonly connect: (name: string, user: 'queue' | 'worker') => Promise<IRedisClient>;
  readonly step: (generationId: string, polls: number, signal: AbortSignal) => Promise<Next>;
  readonly logger: Logger;
}

/**
 * Steps of one provider's generations that this broker takes at once: more than there are slots at a provider, for
 * where it works while the caller waits, a step is as long as the work.
 */
const CONCURRENCY = 48;

/** How long a step of a broker that has died stays locked, in ms; a living one renews its lock at half time. */
const LOCK = 5_000;

/** How often dead brokers' steps are looked for, in ms. */
const STALLED_INTERVAL = 2_000;

/** How long the queue may keep somebody waiting who has an answer already, in ms. */
const QUEUE_PATIENCE = 2_000;

/** What a step may take beside a submit, in ms: to fetch and keep what came of it, and to settle. */
const BESIDE_SUBMIT = 60_000;

/** When a step that is under way already is looked at again, in ms. */
const LATER = 1_000;

/** The job that is none: it only has a worker look at its queue. */
const WAKE = 'wake';

interface Progress {
  readonly polls: number;
}

/** One queue and one worker per provider, so that a slow one holds up nobody else's. */
export async function createJobs({ providers, connect, step, logger }: JobsOptions): Promise<Jobs> {
  const draining = new AbortController();
  const opened = await Promise.all(
    [...providers].map(async (provider) => {
      const name = `generations-${provider.name}`;
      // A paid call that is cut off is lost, so once the broker drains it may take all the time that it has.
      const drain = provider.submitDeadline + BESIDE_SUBMIT;
      const connections = await Promise.all([connect(name, 'queue'), connect(name, 'worker')]);
      const queue = new Queue<Progress>(name, {
        connection: connections[0],
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      });
      const worker = new Worker<Progress>(name, (job, token) => take(job, token), {
        connection: connections[1],
        concurrency: CONCURRENCY,
        lockDuration: LOCK,
        stalledInterval: STALLED_INTERVAL,
        // Every crash of a broker counts one; how often a generation may be resumed is for its own deadline to say.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      });
      connections[0].on('ready', () => wakeWorker(queue));
      queue.on('error', (err) => logger.warn({ err, queue: name }, 'queue'));
      worker.on('error', (err) => logger.warn({ err, queue: name }, 'worker'));
      worker.on('failed', (job, err) => {
        if (draining.signal.aborted) logger.info({ generationId: job?.id }, 'a step was cut short by the drain');
        else logger.error({ err, generationId: job?.id }, 'a step failed; the sweeper will take it up again');
      });
      return [provider.name as string, { queue, worker, connections, drain }] as const;
    }),
  );
  const rooms = new Map(opened);
  const underWay = new Set<string>();
  /** Those under way whose next step was wanted at once. */
  const hurried = new Set<string>();

  async function take(job: Job<Progress>, token: string | undefined): Promise<void> {
    const generationId = job.id;
    if (!generationId || job.name === WAKE) return;
    // When a lock runs out while Redis is away, BullMQ starts the step again beside the first one.
    if (underWay.has(generationId)) return delay(job, { ...job.data, afterMs: LATER }, token);
    underWay.add(generationId);
    try {
      let { polls } = job.data;
      for (;;) {
        const next = await step(generationId, polls, draining.signal);
        if (next.done) return;
        polls = next.polls ?? polls + 1;
        // The way through the queue and back is for those that have to wait.
        if (draining.signal.aborted || !hurried.delete(generationId)) await delay(job, { ...next, polls }, token);
      }
    } finally {
      underWay.delete(generationId);
      if (hurried.delete(generationId)) await promote(job);
    }
  }

  async function delay(
    job: Job<Progress>,
    { polls, afterMs }: Progress & { readonly afterMs: number },
    token?: string,
  ): Promise<never> {
    await job.updateData({ polls });
    await job.moveToDelayed(Date.now() + afterMs, token);
    throw new DelayedError();
  }

  async function promote(job: Job<Progress>): Promise<void> {
    if (await job.isDelayed()) await job.promote().catch(ignoreMoved);
  }

  /**
   * A worker whose wait was cut off has forgotten when the next delayed step is due, and has taken the mark of it out of
   * Redis: it would look again after 10 s only (BullMQ 6.7, `Worker.waitForJob`). Any new job makes it look at once.
   */
  function wakeWorker(queue: Queue<Progress>): void {
    queue.add(WAKE, { polls: 0 }, { jobId: WAKE }).catch((err: unknown) => {
      logger.warn({ err, queue: queue.name }, 'its worker looks by itself, later');
    });
  }

  async function wake(generationId: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await withDeadline(QUEUE_PATIENCE, call);
    } catch (err) {
      logger.warn({ err, generationId }, 'its queue did not answer; the sweeper will see to it');
    }
  }

  function queueOf(provider: string): Queue<Progress> | undefined {
    return rooms.get(provider)?.queue;
  }

  return {
    serves: (provider) => rooms.has(provider),
    async enqueue({ generationId, details }) {
      const queue = queueOf(details.route.provider);
      await wake(generationId, async () => queue?.add('step', { polls: 0 }, { jobId: generationId }));
    },
    async hurry({ generationId, details }) {
      // A provider may tell that it is done before the step that asked it has ended.
      if (underWay.has(generationId)) {
        hurried.add(generationId);
        return;
      }
      await wake(generationId, async () => {
        const job = await queueOf(details.route.provider)?.getJob(generationId);
        if (job) await promote(job);
      });
    },
    async close() {
      draining.abort();
      await Promise.all(
        [...rooms.values()].map(async ({ queue, worker, connections, drain }) => {
          // Without Redis they would wait for it; what they leave undone goes on at the next start.
          const closed = async () => {
            await worker.close();
            await queue.close();
          };
          await withDeadline(drain, closed).catch((err: unknown) => logger.warn({ err, queue: queue.name }, 'queue'));
          // BullMQ closes only what it has opened itself.
          for (const connection of connections) connection.disconnect();
        }),
      );
    },
  };
}

/** Between the look and the move its time may have come; then it is where it should be. */
function ignoreMoved(): void {}
