import { Router } from 'express';
import { z } from 'zod';
import type { PriceList } from '../../shared/api/prices.ts';
import { PricesPage } from './prices-page.tsx';
import { sendPage } from './send-page.tsx';

/** What was not typed into our form counts as not asked for. */
const Query = z.object({
  q: z.string().trim().max(100).catch(''),
  here: z.literal('1').optional().catch(undefined),
});

/** `GET /prices`: the public price list, for people. */
export function pricesPageRouter(list: () => PriceList): Router {
  const router = Router();
  router.get('/prices', (req, res) => {
    const { q, here } = Query.parse(req.query);
    sendPage(res, <PricesPage list={list()} search={{ words: q, here: here === '1' }} />);
  });
  return router;
}
