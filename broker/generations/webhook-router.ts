import express, { type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import { InkpotError } from '../../shared/errors.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Provider } from '../providers/provider.ts';
import { isGivenUp } from './generation.ts';
import type { GenerationStore } from './generation-store.ts';
import type { Jobs } from './jobs.ts';
import { isWebhookSecret, WEBHOOK_PATH } from './webhook-url.ts';

export interface ProviderWebhookOptions {
  readonly key: Uint8Array;
  readonly store: Pick<GenerationStore, 'find'>;
  readonly providers: Pick<ReadonlyMap<string, Provider>, 'get'>;
  readonly jobs: Pick<Jobs, 'hurry' | 'enqueue'>;
  readonly logger: Logger;
  readonly clock: () => number;
}

/** Some providers send the whole result, with its pictures as text: those are polled instead. */
const LARGEST = '1mb';

/** How long a provider's keys may take to come, in ms. */
const PATIENCE = 10_000;

/**
 * `POST /webhooks/providers/:generation/:secret`. A message is a hint and nothing more: it has the job polled now, under
 * the operator's key, instead of at its time. So a false, late, doubled or lost one does no harm.
 */
export function providerWebhookRouter({ key, store, providers, jobs, logger, clock }: ProviderWebhookOptions): Router {
  const router = Router();

  /** Before its body is read: whoever may send one was given its address. */
  const requireSecret: RequestHandler<{ generationId: string; secret: string }> = (req, _res, next) => {
    const { generationId, secret } = req.params;
    if (!isWebhookSecret(key, generationId, secret)) throw new InkpotError('not_found');
    next();
  };

  router
    .route(`${WEBHOOK_PATH}/:generationId/:secret`)
    .post(requireSecret, express.raw({ type: () => true, limit: LARGEST }), async (req, res) => {
      const { generationId } = req.params;
      const generation = await store.find(generationId);
      // What has ended needs no hint, and no second delivery of one; but what was given up may have a result after all.
      if (generation && (generation.hold === 'held' || isGivenUp(generation))) {
        const provider = providers.get(generation.details.route.provider);
        const body: unknown = req.body;
        const message = {
          headers: req.headers,
          body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
          receivedAt: clock(),
        };
        const isSigned = await provider?.signedWebhook?.(message, AbortSignal.timeout(PATIENCE));
        if (isSigned === false) {
          logger.warn({ generationId, provider: provider?.name }, 'a webhook message is not signed by its provider');
          throw new InkpotError('not_found');
        }
        await (generation.hold === 'held' ? jobs.hurry(generation) : jobs.enqueue(generation));
      }
      res.json({ received: true });
    })
    .all(methodNotAllowed('POST'));
  return router;
}
