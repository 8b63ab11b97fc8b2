import type { GenerationAnswer } from '../../../shared/api/generations.ts';
import type { OutboxEntry, Placement } from '../../../shared/bridge/kept.ts';
import { InkpotError } from '../../../shared/errors.ts';
import type { Broker } from '../api/broker.ts';
import { BrokerFault } from '../api/broker-fault.ts';
import { followGeneration, isPassing } from '../api/follow-generation.ts';
import type { Canvas } from '../canvas.ts';
import type { Now, Wait } from '../clock.ts';
import type { makePlaceable } from '../pixels/make-placeable.ts';
import { readKept } from '../state/kept-json.ts';
import type { Pools } from '../state/pools.ts';
import { sayError } from '../state/say-error.ts';
import { isOver, type Job, type Jobs, type Phase, phaseOf } from './job.ts';
import { LandingFault, type LandOptions, landPictures } from './land-pictures.ts';
import { Order, SentOrder } from './order.ts';
import { sayPhase } from './say-phase.ts';
import { sayReceipt } from './say-receipt.ts';
import { sendOrder } from './send-order.ts';

/** After this long, in ms, a placeholder whose order nobody has is given up: its panel was closed before it was sent. */
const ORPHAN_AGE = 3_600_000;

/** Said of an order that another version of the plugin kept, so that this one can neither send nor follow it. */
const UNREADABLE = 'Another version of the plugin ordered this, and it may be paid for. Update the plugin to go on.';

/** Said of an order that was cancelled before anybody knew whether it had arrived. */
const GIVEN_UP = 'Cancelled here. If it had reached Inkpot after all, it costs what was shown.';

/** Said of orders that not even their tickets are known of. */
const ASIDE =
  'This version of the plugin cannot read them, and keeps them on this computer. Some may be paid for: update the plugin, or ask whoever runs Inkpot for you.';

export interface GenerationsOptions {
  readonly broker: Broker;
  readonly canvas: Canvas;
  readonly jobs: Jobs;
  readonly pools: Pick<Pools, 'apply' | 'refresh' | 'pools'>;
  readonly makePlaceable: typeof makePlaceable;
  readonly toObjectUrl: (bytes: Uint8Array<ArrayBuffer>, type?: string) => string;
  /** The click's own random name. */
  readonly ticket: () => string;
  readonly wait: Wait;
  readonly now: Now;
  /** Said to everyone, screen readers included. */
  readonly announce: (words: string) => void;
  /** Told when a generation ended without its pictures: its model may be down. */
  readonly onFailure: () => unknown;
}

/** What happens to an order from the click to the canvas. */
export function createGenerations(options: GenerationsOptions) {
  const { broker, canvas, jobs, pools, wait, now, announce } = options;
  let running = new AbortController();
  /** What the places on the canvas say, as far as it was written in this run. */
  const labels = new Map<string, string>();

  /** Changes a job, and with it what its places on the canvas say. */
  function update(ticket: string, change: Partial<Job>): void {
    jobs.patch(ticket, change);
    const job = jobs.find(ticket);
    if (!job || isOver(job.phase)) return;
    const words = sayPhase(job);
    if (words !== labels.get(ticket)) canvas.progress(ticket, words);
    labels.set(ticket, words);
  }

  function take(ticket: string, { generation, balance }: GenerationAnswer): void {
    const before = jobs.find(ticket);
    if (!before) return;
    const phase = phaseOf(generation.state);
    const { id: generationId, progress } = generation;
    update(ticket, { generationId, generation, phase, progress, away: false });
    if (before.away) {
      // What it said of the lost connection, when it was asked to cancel, is over as well.
      update(ticket, { message: null });
      if (!isAnyAway()) announce('The connection is back.');
    }
    pools.apply(generation.poolId, balance);
  }

  const isAnyAway = () => jobs.jobs.value.some(({ away }) => away);

  function away(ticket: string): void {
    if (!isAnyAway()) announce('No connection right now. Pictures still land.');
    update(ticket, { away: true });
  }

  /** Sends the order, and sees it through. */
  async function run(ticket: string, order: SentOrder): Promise<void> {
    try {
      const answer = await sendOrder({ broker, wait }, ticket, order);
      canvas.confirm(ticket, answer.generation.id);
      take(ticket, answer);
      announce('A picture is being made.');
    } catch (error) {
      // A sign-in that ended says nothing of an earlier attempt, which may have arrived: after the next one it is asked again.
      const signedOut = error instanceof InkpotError && error.code === 'unauthenticated';
      if (signedOut || isPassing(error)) return update(ticket, { phase: 'unsent', message: sayError(error) });
      if (isUnsure(error, jobs.find(ticket))) return update(ticket, { phase: 'unplaced', message: UNREADABLE });
      return giveUp(ticket, 'failed', sayError(error));
    }
    if (jobs.find(ticket)?.cancelling) await cancel(ticket);
    await follow(ticket);
  }

  /** Waits for the generation's end, and lands its pictures. */
  async function follow(ticket: string): Promise<void> {
    const id = jobs.find(ticket)?.generationId;
    if (!id) return;
    const { signal } = running;
    try {
      const onAway = () => away(ticket);
      for await (const answer of followGeneration(id, { broker, wait, signal, onAway })) take(ticket, answer);
    } catch (error) {
      if (!signal.aborted) update(ticket, { phase: 'unplaced', away: false, message: sayError(error) });
      return;
    }
    await finish(ticket);
  }

  async function finish(ticket: string): Promise<void> {
    const generation = jobs.find(ticket)?.generation;
    if (!generation) return;
    if (generation.state === 'succeeded') return land(ticket);
    const cancelled = generation.state === 'cancelled';
    giveUp(ticket, cancelled ? 'cancelled' : 'failed', generation.failure?.message ?? 'Nothing was charged.');
  }

  async function land(ticket: string): Promise<void> {
    const generation = jobs.find(ticket)?.generation;
    if (!generation) return;
    update(ticket, { phase: 'placing', message: null });
    try {
      const onFirst: LandOptions['onFirst'] = (bytes, video) => {
        if (jobs.find(ticket)?.thumbnail) return;
        const { toObjectUrl } = options;
        update(ticket, { thumbnail: toObjectUrl(bytes), video: video && toObjectUrl(video, 'video/mp4') });
      };
      const { makePlaceable } = options;
      const message = await landPictures({ broker, canvas, makePlaceable, onFirst }, ticket, generation);
      const receipt = sayReceipt(
        generation,
        pools.pools.value.find(({ id }) => id === generation.poolId),
      );
      update(ticket, { phase: 'done', message, receipt });
      announce('A picture was placed.');
    } catch (error) {
      const words = error instanceof LandingFault ? error.message : sayError(error);
      update(ticket, { phase: 'unplaced', message: words });
      announce('A picture could not be placed. The list of pictures says why.');
    }
  }

  function giveUp(ticket: string, phase: Phase, message: string): void {
    canvas.release(ticket);
    update(ticket, { phase, message });
    announce(phase === 'cancelled' ? 'Cancelled.' : 'A picture failed. The list of pictures says why.');
    void pools.refresh();
    if (phase === 'failed') options.onFailure();
  }

  async function cancel(ticket: string): Promise<void> {
    const job = jobs.find(ticket);
    if (!job) return;
    if (job.phase === 'unsent') return giveUp(ticket, 'cancelled', GIVEN_UP);
    update(ticket, { cancelling: true });
    // An order on its way is cancelled as soon as its answer names it.
    if (job.generationId === null) return;
    try {
      take(ticket, await broker.cancel(job.generationId));
    } catch (error) {
      update(ticket, { cancelling: false, message: sayError(error) });
    }
  }

  /** It may have arrived and been paid for: only a person may let its place go. */
  function showUnreadable(ticket: string, prompt: string): void {
    jobs.add({ ticket, prompt, modelName: '', phase: 'unplaced', message: UNREADABLE });
  }

  function showAside(): void {
    const prompt = 'Pictures ordered with another version';
    jobs.add({ ticket: 'aside', prompt, modelName: '', phase: 'unplaced', message: ASIDE });
    announce('Some orders could not be read. The list of pictures says why.');
  }

  /** Sends what stands still for want of an answer, and lands what could not be fetched. */
  async function proceed(ticket: string): Promise<void> {
    const job = jobs.find(ticket);
    if (job?.phase === 'unsent' && job.sent) {
      update(ticket, { phase: 'sending', message: null });
      await run(ticket, job.sent);
    } else if (job?.phase === 'unplaced' && job.generationId !== null) {
      update(ticket, { phase: job.generation ? phaseOf(job.generation.state) : 'queued', message: null });
      await follow(ticket);
    }
  }

  /** Finds out what became of a placeholder, and lands what is finished. */
  async function resume({ ticket, generationId, prompt, createdAt }: Placement, aside: boolean): Promise<void> {
    if (generationId === null) {
      if (now() - createdAt <= ORPHAN_AGE) return;
      return aside ? showUnreadable(ticket, prompt) : canvas.release(ticket);
    }
    try {
      const answer = await broker.generation(generationId);
      const { modelName } = answer.generation;
      jobs.add({ ticket, prompt, modelName, phase: 'queued' });
      take(ticket, answer);
    } catch (error) {
      // Somebody else's picture, of a pool that one is no member of, waits for them.
      if (!(error instanceof BrokerFault) && !isPassing(error)) return;
      jobs.add({ ticket, generationId, prompt, modelName: '', phase: 'unplaced', message: sayError(error) });
      return;
    }
    await follow(ticket);
  }

  return {
    jobs: jobs.jobs,
    dismiss: jobs.dismiss,
    /** Gives up to place what is there: its empty places go, and the result stays with the broker. */
    abandon(ticket: string): void {
      canvas.release(ticket);
      jobs.dismiss(ticket);
    },
    cancel,
    /** The click: shows where the pictures will land, and orders them. */
    start(order: Order): Promise<void> {
      const ticket = options.ticket();
      const { settings, documentId = '' } = order.request;
      const { width, height, targetId } = order;
      jobs.add({ ticket, order, sent: order, prompt: settings.prompt, modelName: order.modelName, phase: 'sending' });
      canvas.reserve({
        entry: { ticket, documentId, order: JSON.stringify(order) },
        prompt: settings.prompt,
        pictures: Array.from({ length: settings.count }, () => ({ width, height })),
        targetId,
      });
      return run(ticket, order);
    },
    /** Goes on with what could not be sent or placed, without paying again. */
    proceed,
    /** The connection is back: whatever stood still goes on by itself. */
    online(): void {
      for (const { ticket } of jobs.jobs.value) void proceed(ticket);
    },
    /**
     * Takes up what this document still waits for, in whatever run it was ordered.
     * @param aside whether orders are kept that could not be read: what belongs to none may belong to one of them.
     */
    async reopen(placements: readonly Placement[], outbox: readonly OutboxEntry[], aside: boolean): Promise<void> {
      if (aside) showAside();
      const unanswered = new Set(outbox.map(({ ticket }) => ticket));
      const isKnown = ({ ticket }: { readonly ticket: string }) => jobs.find(ticket) !== undefined;
      const orphans = placements.filter((placement) => !isKnown(placement) && !unanswered.has(placement.ticket));
      const unsent = outbox.filter((entry) => !isKnown(entry));
      await Promise.all([
        ...orphans.map((placement) => resume(placement, aside)),
        ...unsent.map(async ({ ticket, order: kept }) => {
          const sent = readKept(SentOrder, kept);
          const shown = placements.find((placement) => placement.ticket === ticket)?.prompt ?? '';
          if (!sent) return showUnreadable(ticket, shown);
          const prompt = sent.request.settings.prompt ?? shown;
          const { modelName = '' } = sent;
          jobs.add({ ticket, order: readKept(Order, kept), sent, prompt, modelName, phase: 'sending' });
          await run(ticket, sent);
        }),
      ]);
    },
    /** Stops following everything; the broker and the document remember. */
    stop(): void {
      running.abort();
      running = new AbortController();
      jobs.clear();
    },
  };
}
export type Generations = ReturnType<typeof createGenerations>;

/** Whether an order was refused that may have been taken when it was sent before, by another version of the plugin. */
function isUnsure(error: unknown, job: Job | undefined): boolean {
  if (!(error instanceof InkpotError)) return false;
  return error.code === 'idempotency_key_reused' || (error.code === 'invalid_request' && job?.order === null);
}
