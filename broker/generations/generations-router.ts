import { Router } from 'express';
import { z } from 'zod';
import { type GenerationAnswer, type GenerationPage, GenerationRequest } from '../../shared/api/generations.ts';
import type { Balance } from '../../shared/api/pools.ts';
import { InkpotError } from '../../shared/errors.ts';
import { accountOf } from '../auth/guard.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { PoolBalance } from '../ledger/index.ts';
import { type CancelOptions, cancelGeneration } from './cancel-generation.ts';
import { type CreateOptions, createGeneration } from './create-generation.ts';
import { toResource } from './generation.ts';
import { newSuffix, poolOfGeneration } from './generation-id.ts';
import { type OutputsRouterOptions, outputsRouter } from './outputs-router.ts';
import { streamEvents } from './stream-events.ts';

type Options = CreateOptions & CancelOptions & OutputsRouterOptions;

export interface GenerationsRouterOptions extends Options {
  readonly idempotency: Idempotency;
  /** Aborted when the broker drains: whoever follows a generation then goes on at another broker. */
  readonly draining: AbortSignal;
}

const ListQuery = z.object({
  pool: z.string(),
  before: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

/** `/v1/generations`: make, list, read, cancel, follow, and what came of them. */
export function generationsRouter(options: GenerationsRouterOptions): Router {
  const { ledger, store, events, idempotency, requireToken, draining, clock } = options;
  const router = Router();

  /** @throws InkpotError `not_found`, also where it is not this person's */
  async function answerAbout(accountId: string, id: string, progress: number | null = null): Promise<GenerationAnswer> {
    const poolId = poolOfGeneration(id);
    // Asked for in one go, the balance second: so it knows at least what the generation has cost.
    const [generation, balance] = await Promise.allSettled([
      store.read(accountId, id),
      poolId === null ? null : ledger.readPool(poolId),
    ]);
    // First, so that nobody hears anything of a pool that is not theirs.
    if (generation.status === 'rejected') throw generation.reason;
    if (balance.status === 'rejected') throw balance.reason;
    if (!balance.value) throw new InkpotError('internal', { cause: `the pool of ${id} is gone` });
    return { generation: toResource(generation.value, progress), balance: toBalance(balance.value) };
  }

  router
    .route('/')
    .post(requireToken, async (req, res) => {
      const account = accountOf(res);
      const request = parseInput(GenerationRequest, req.body);
      const money = {
        accountId: account.accountId,
        route: 'generations',
        body: request,
        newId: () => newSuffix(clock()),
      };
      await idempotency.answerOnce(req, res, money, async (attempt) => {
        const { generation, balance, queued } = await createGeneration(options, account, attempt, request);
        const body: GenerationAnswer = { generation: toResource(generation), balance: toBalance(balance) };
        return { status: 202, location: `/v1/generations/${generation.generationId}`, body, meanwhile: queued };
      });
    })
    .get(requireToken, async (req, res) => {
      const { pool, before, limit } = parseInput(ListQuery, req.query);
      const generations = await store.list(accountOf(res).accountId, pool, { before, limit });
      const last = generations.at(-1);
      const page: GenerationPage = {
        generations: generations.map((generation) => toResource(generation)),
        next: last && generations.length === limit ? last.generationId : null,
      };
      res.json(page);
    })
    .all(methodNotAllowed('GET', 'POST'));

  router
    .route('/:id')
    .get(requireToken, async (req, res) => {
      res.json(await answerAbout(accountOf(res).accountId, req.params.id));
    })
    .delete(requireToken, async (req, res) => {
      const { accountId } = accountOf(res);
      await cancelGeneration(options, await store.read(accountId, req.params.id), accountId);
      res.json(await answerAbout(accountId, req.params.id));
    })
    .all(methodNotAllowed('GET', 'DELETE'));

  router
    .route('/:id/events')
    .head(methodNotAllowed('GET'))
    .get(requireToken, async (req, res) => {
      const { accountId } = accountOf(res);
      const { generationId } = await store.read(accountId, req.params.id);
      const read = (progress: number | null) => answerAbout(accountId, generationId, progress);
      await streamEvents(res, { events, generationId, read, draining });
    })
    .all(methodNotAllowed('GET'));

  router.use(outputsRouter(options));
  return router;
}

function toBalance({ available, paid, gift, held }: PoolBalance): Balance {
  return { available, paid, gift, held };
}
