import { type RequestHandler, Router } from 'express';
import { ulid } from 'ulid';
import { TransferRequest } from '../../shared/api/transfers.ts';
import { accountOf } from '../auth/guard.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { RedisClient } from '../redis/connect.ts';
import { createTransferJob, type TransferJob, type TransferJobOptions } from './transfer-job.ts';
import { createTransferRecords } from './transfer-records.ts';
import { type TransferOptions, transfer } from './transfers.ts';

export interface TransfersOptions extends Omit<TransferOptions & TransferJobOptions, 'records'> {
  readonly redis: RedisClient;
  readonly idempotency: Idempotency;
  readonly requireToken: RequestHandler;
}

export interface Transfers {
  /** `POST /v1/pools/:id/transfers`; the path is relative to `/v1`. */
  readonly router: Router;
  /** Start it once the broker listens, stop it when it drains. */
  readonly job: TransferJob;
}

/** Credits between pools: from a person's own to the team's, and back. */
export function createTransfers(options: TransfersOptions): Transfers {
  const { redis, idempotency, requireToken, clock } = options;
  const parts = { ...options, records: createTransferRecords(redis) };
  const router = Router();
  router
    .route('/pools/:id/transfers')
    .post(requireToken, async (req, res) => {
      const { accountId } = accountOf(res);
      const body = parseInput(TransferRequest, req.body);
      const from = req.params.id;
      const newId = () => ulid(clock()).toLowerCase();
      const money = { accountId, route: 'transfers', body: { from, ...body }, newId };
      await idempotency.answerOnce(req, res, money, async (attempt) => {
        const answer = await transfer(parts, accountId, from, attempt, body);
        return { status: 201, body: answer };
      });
    })
    .all(methodNotAllowed('POST'));
  return { router, job: createTransferJob(parts) };
}
