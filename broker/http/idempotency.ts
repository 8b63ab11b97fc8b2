import { hash, randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { ERRORS, InkpotError, toProblem } from '../../shared/errors.ts';
import type { RedisClient } from '../redis/connect.ts';
import { withDeadline } from '../redis/deadline.ts';
import { evaluatingBySha } from '../redis/evaluate.ts';
import { repeatUntilKnown } from '../redis/repeat-until-known.ts';
import claimScript from './claim-key.lua';
import endScript from './end-claim.lua';
import { idempotencyKey } from './idempotency-key.ts';
import { requestId, toInkpotError } from './problem.ts';

/** For how long what was done is answered again, in ms: longer than any client goes on repeating a request. */
const REMEMBERED = 7 * 24 * 3_600_000;

/** The same for what was refused or never answered. Refused holds are remembered no shorter (ledger/hold.ts). */
const REFUSAL_REMEMBERED = 24 * 3_600_000;

/**
 * For how long a request that has not been answered keeps its repeats waiting, in ms. It is short, so that a broker that
 * died blocks nobody: when it is over and the first still runs, both work under one id, which is safe.
 */
const LEASE = 5_000;

/** How long the memory may keep somebody waiting who has an answer already, in ms. */
const PATIENCE = 1_000;

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly location?: string;
  readonly body: unknown;
  /** What is waited for while the answer is being remembered. It must not reject. */
  readonly meanwhile?: Promise<void>;
}

/** Under what a request that moves money does its work. */
export interface Attempt {
  /** The same for every repeat, so that the ledger knows them by it (design/ledger.md, rule 3). */
  readonly id: string;
  /** Whether nobody has worked under this id before. */
  readonly isFirst: boolean;
  /** A digest of the request. */
  readonly hash: string;
}

/** A request that moves money, as it was parsed. */
export interface MoneyRequest {
  readonly accountId: string;
  /** Two routes may be sent the same key. */
  readonly route: string;
  readonly body: unknown;
  /** The id to work under, if this is the first. */
  readonly newId: () => string;
}

/** Answers each request that moves money once, however often, wherever and in whatever order it is repeated. */
export interface Idempotency {
  /**
   * Does the work of a request and answers, or gives the first answer again.
   *
   * What was done and what was refused is remembered. What was not decided (`rate_limited`, and whatever is our own
   * fault) is not: the same key may be sent again, and works on under the same id.
   * @param work must be safe to repeat under its id, even beside itself.
   * @throws InkpotError `idempotency_key_missing`; `idempotency_key_reused`, when the key came with another body;
   *   `idempotency_key_in_use`, while the first request runs; and whatever `work` throws.
   */
  answerOnce(
    req: Request,
    res: Response,
    request: MoneyRequest,
    work: (attempt: Attempt) => Promise<Answer>,
  ): Promise<void>;
}

/** An answer as it went over the wire. */
const Sent = z.object({ status: z.int(), type: z.string(), location: z.string().optional(), body: z.string() });
type Sent = z.infer<typeof Sent>;

const Claimed = z.union([
  z.tuple([z.literal('mine'), z.string(), z.enum(['0', '1'])]),
  z.tuple([z.literal('running'), z.coerce.number()]),
  z.tuple([z.literal('answered'), z.string()]),
  z.tuple([z.literal('reused')]),
]);

export function createIdempotency(connection: RedisClient, logger: Logger): Idempotency {
  const redis = evaluatingBySha(connection);

  async function claim(record: string, digest: string, lease: string, newId: string) {
    const call = { keys: [record], arguments: [digest, newId, lease, String(LEASE), String(REFUSAL_REMEMBERED)] };
    return Claimed.parse(await repeatUntilKnown(() => redis.eval(claimScript, call)));
  }

  /** Only a convenience for repeats: without it they find what was done by its id. So it fails nobody's request. */
  async function end(record: string, lease: string, sent?: Sent): Promise<void> {
    const life = sent && sent.status < 400 ? REMEMBERED : REFUSAL_REMEMBERED;
    const answer = sent ? [JSON.stringify(sent), String(life)] : [];
    const call = { keys: [record], arguments: [lease, ...answer] };
    await withDeadline(PATIENCE, () => redis.eval(endScript, call)).catch((err: unknown) =>
      logger.warn({ err }, 'an answer is not remembered; a repeat finds what was done by its id'),
    );
  }

  return {
    async answerOnce(req, res, { accountId, route, body, newId }, work) {
      const record = `idempotency:${accountId}:${route}:${idempotencyKey(req)}`;
      const digest = hash('sha256', JSON.stringify(body), 'base64url');
      const lease = randomUUID();
      const claimed = await claim(record, digest, lease, newId());
      switch (claimed[0]) {
        case 'reused':
          throw new InkpotError('idempotency_key_reused');
        case 'running':
          throw new InkpotError('idempotency_key_in_use', { retryAfterSeconds: Math.ceil(claimed[1] / 1000) });
        case 'answered':
          res.set('Idempotency-Replayed', 'true');
          return send(res, Sent.parse(JSON.parse(claimed[1])));
        case 'mine':
          break;
        default:
          return claimed satisfies never;
      }
      const [, id, first] = claimed;
      try {
        const { meanwhile, ...answer } = await work({ id, isFirst: first === '1', hash: digest });
        const sent = { ...answer, type: 'application/json; charset=utf-8', body: JSON.stringify(answer.body) };
        await Promise.all([end(record, lease, sent), meanwhile]);
        send(res, sent);
      } catch (error) {
        await end(record, lease, refusalOf(toInkpotError(error), res));
        throw error;
      }
    },
  };
}

/** The problem document of a decided refusal. */
function refusalOf(error: InkpotError, res: Response): Sent | undefined {
  const { status } = ERRORS[error.code];
  if (status >= 500 || error.code === 'rate_limited') return undefined;
  const body = JSON.stringify(toProblem(error, requestId(res)));
  return { status, type: 'application/problem+json; charset=utf-8', body };
}

function send(res: Response, { status, type, location, body }: Sent): void {
  if (location !== undefined) res.location(location);
  res.status(status).set('Content-Type', type).send(body);
}
