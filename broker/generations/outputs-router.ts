import type { RequestHandler } from 'express';
import { Router } from 'express';
import { z } from 'zod';
import type { Output, OutputLink } from '../../shared/api/generations.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { Assets } from '../assets/assets.ts';
import type { Variant } from '../assets/store.ts';
import { accountOf } from '../auth/guard.ts';
import { parseInput } from '../http/parse.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Limits } from '../limits/limits.ts';
import type { Pools } from '../pools/pools.ts';
import { deleteOutputs } from './delete-outputs.ts';
import type { GenerationStore } from './generation-store.ts';
import { readLink, signLink } from './output-link.ts';

export interface OutputsRouterOptions {
  readonly store: Pick<GenerationStore, 'read'>;
  readonly assets: Pick<Assets, 'send' | 'drop'>;
  readonly pools: Pick<Pools, 'read'>;
  readonly limits: Pick<Limits, 'limitAddress'>;
  readonly requireToken: RequestHandler;
  /** Signs links. */
  readonly linkKey: Uint8Array;
  /** Where links lead to, without a trailing slash. */
  readonly publicUrl: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

const OutputIndex = z.coerce.number().int().min(0).max(99);

/** `/v1/generations/:id/outputs`: fetch the pictures and videos, link to them, and delete them. */
export function outputsRouter(options: OutputsRouterOptions): Router {
  const { store, assets, limits, requireToken, linkKey, publicUrl, clock } = options;
  const router = Router();

  async function find(accountId: string, { id, n }: { readonly id: string; readonly n: string }) {
    const { generationId, hold, details } = await store.read(accountId, id);
    const index = parseInput(OutputIndex, n);
    const output = details.outputs?.find((candidate) => candidate.index === index);
    if (output) return { output, target: { generationId, index } };
    throw new InkpotError(hold === 'held' ? 'not_ready' : 'not_found', {
      detail: `This generation has no picture ${index}${hold === 'held' ? ' yet' : ''}.`,
    });
  }

  router
    .route('/links/:token')
    .get(limits.limitAddress, async (req, res) => {
      const target = await readLink(linkKey, req.params.token, clock());
      // Whatever it is, it is saved and never shown as a page of ours.
      res.attachment(`inkpot-${target.generationId.slice(-8)}-${target.index}`);
      await assets.send(req, res, target, 'original');
    })
    .all(methodNotAllowed('GET'));

  router
    .route('/:id/outputs')
    .delete(requireToken, async (req, res) => {
      const { accountId } = accountOf(res);
      await deleteOutputs(options, await store.read(accountId, req.params.id), accountId);
      res.status(204).end();
    })
    .all(methodNotAllowed('DELETE'));

  router
    .route('/:id/outputs/:n/link')
    .post(requireToken, async (req, res) => {
      const { target } = await find(accountOf(res).accountId, req.params);
      const { token, expiresAt } = await signLink(linkKey, target, clock());
      const link: OutputLink = {
        url: `${publicUrl}/v1/generations/links/${token}`,
        expiresAt: expiresAt.toISOString(),
      };
      res.status(201).json(link);
    })
    .all(methodNotAllowed('POST'));

  for (const path of [
    '/:id/outputs/:n',
    '/:id/outputs/:n/original',
    '/:id/outputs/:n/poster',
    '/:id/outputs/:n/thumbnail',
  ] as const) {
    router
      .route(path)
      .get(requireToken, async (req, res) => {
        const { output, target } = await find(accountOf(res).accountId, req.params);
        await assets.send(req, res, target, variantAt(path, output));
      })
      .all(methodNotAllowed('GET'));
  }
  return router;
}

/** Figma is given a video as it came, and a picture in whatever form it can read. */
function variantAt(path: string, { kind }: Output): Variant {
  if (path.endsWith('/thumbnail')) return 'thumbnail';
  if (path.endsWith('/original')) return 'original';
  return kind === 'video' && !path.endsWith('/poster') ? 'original' : 'figma';
}
