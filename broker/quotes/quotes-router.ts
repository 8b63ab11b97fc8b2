import type { RequestHandler } from 'express';
import { Router } from 'express';
import type { Quote } from '../../shared/api/quotes.ts';
import { QuoteRequest } from '../../shared/api/quotes.ts';
import { checkSettings } from '../../shared/catalogue/capability.ts';
import { estimatePrice } from '../../shared/catalogue/estimate.ts';
import type { Model } from '../../shared/catalogue/model.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import type { Tariff } from '../../shared/catalogue/tariff.ts';
import { InkpotError } from '../../shared/errors.ts';
import { accountOf } from '../auth/guard.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Pools } from '../pools/pools.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { signQuote } from './quote-token.ts';

/** What a quote rests on. */
export interface QuoteOptions {
  readonly offered: Pick<ReadonlyMap<string, Model>, 'get'>;
  readonly tariff: Tariff;
  readonly pools: Pools;
  readonly uploads: Pick<Uploads, 'require'>;
  readonly quoteKey: Uint8Array;
  readonly requireToken: RequestHandler;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** `POST /v1/quotes`: a signed ceiling for exactly these settings. It moves no money. */
export function quotesRouter({ offered, tariff, pools, uploads, quoteKey, requireToken, clock }: QuoteOptions): Router {
  const router = Router();
  router
    .route('/')
    .post(requireToken, async (req, res) => {
      const { accountId } = accountOf(res);
      const request = parseInput(QuoteRequest, req.body);
      const pool = await pools.read(accountId, request.poolId);
      const model = offeredModel(offered, request.modelId);
      requireCapability(model, request.settings);
      await uploads.require(accountId, request.settings);
      const { ceiling, lines } = estimatePrice(model, request.settings, tariff);
      const { token, expiresAt } = await signQuote(quoteKey, { ...request, accountId, ceiling }, clock());
      const quote: Quote = {
        token,
        ceiling,
        lines: [...lines],
        expiresAt: expiresAt.toISOString(),
        balance: pool.balance,
      };
      res.json(quote);
    })
    .all(methodNotAllowed('POST'));
  return router;
}

/** @throws InkpotError `model_unavailable` */
function offeredModel(offered: Pick<ReadonlyMap<string, Model>, 'get'>, id: string): Model {
  const model = offered.get(id);
  if (!model) throw new InkpotError('model_unavailable');
  return model;
}

/** @throws InkpotError `unsupported_setting`, naming each setting and what to choose instead. */
export function requireCapability(model: Model, settings: Settings): void {
  const faults = checkSettings(model, settings);
  const first = faults[0];
  if (first) throw new InkpotError('unsupported_setting', { detail: first.message, faults });
}
