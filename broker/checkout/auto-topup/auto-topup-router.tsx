import { Router } from 'express';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { Pool } from '../../../shared/api/pools.ts';
import { InkpotError } from '../../../shared/errors.ts';
import { type WebSession, type WebSessions, webSessionOf } from '../../accounts/web-session.ts';
import { parseInput } from '../../http/parse.ts';
import { methodNotAllowed } from '../../http/problem.ts';
import { AutoTopupPage } from '../../pages/auto-topup-page.tsx';
import { sendPage } from '../../pages/send-page.tsx';
import { type OwnPools, ownPool } from '../own-pool.ts';
import type { Arrangements } from './arrangements.ts';
import { asTyped, type ConsentFaults, ConsentForm, FIRST_TERMS, readTerms, type TypedTerms } from './consent-form.ts';
import type { Keeper } from './keeper.ts';
import type { SavedCards } from './saved-cards.ts';

export interface AutoTopupRouterOptions {
  readonly arrangements: Arrangements;
  readonly cards: SavedCards;
  readonly keeper: Pick<Keeper, 'finishSetup'>;
  readonly pools: OwnPools;
  readonly webSessions: Pick<WebSessions, 'requireWebSession' | 'requireOwnForm'>;
  /** Where people are sent to save a card, beside our own pages. */
  readonly formTargets: readonly string[];
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
}

const PoolName = z.object({ pool: z.string() });

interface Answer {
  readonly typed?: TypedTerms;
  readonly faults?: ConsentFaults;
  /** Why the last try did not go through. */
  readonly fault?: string;
}

/** `/checkout/auto` and `/checkout/auto/off`: the owner of a pool agrees to auto top-up, sees how it is, and ends it. */
export function autoTopupRouter(options: AutoTopupRouterOptions): Router {
  const { arrangements, cards, keeper, pools, webSessions, formTargets, clock, logger } = options;
  const { requireWebSession, requireOwnForm } = webSessions;

  /** @throws InkpotError `forbidden` for who is in the pool and does not own it. */
  async function owned(session: WebSession, poolId: string): Promise<Pool> {
    const pool = await ownPool(pools, session, poolId);
    if (pool.role === 'owner') return pool;
    throw new InkpotError('forbidden', { detail: 'Only the owner of a pool can let it top up by itself.' });
  }

  async function page(session: WebSession, pool: Pool, { typed, ...answer }: Answer = {}) {
    const arrangement = await arrangements.read(pool.id);
    const terms = typed ?? (arrangement ? asTyped(arrangement) : FIRST_TERMS);
    return <AutoTopupPage {...{ session, pool, arrangement, terms, ...answer }} orderKey={ulid()} now={clock()} />;
  }

  async function forgetCard(card: string): Promise<void> {
    if (!card) return;
    await cards.forget(card).catch((err: unknown) => logger.warn({ err, card }, 'a saved card could not be forgotten'));
  }

  /** @returns where the card is to be saved. */
  async function askForCard({ email, accountId: account }: WebSession, pool: string, key: string): Promise<string> {
    const { id, url, customer } = await cards.openSetup({ pool, account }, email, key);
    await arrangements.setSetup(pool, id, customer);
    return url;
  }

  const router = Router();

  router
    .route('/checkout/auto')
    .get(requireWebSession, async (req, res) => {
      const session = webSessionOf(res);
      const pool = await owned(session, parseInput(PoolName, req.query).pool);
      // Back from the page where the card is saved. What cannot be read now, the keeper reads within a minute.
      const unread = (err: unknown) => logger.warn({ err, pool: pool.id }, 'a saved card could not be read yet');
      await keeper.finishSetup(pool.id).catch(unread);
      sendPage(res, await page(session, pool), { formTargets });
    })
    .post(requireWebSession, ...requireOwnForm, async (req, res) => {
      const session = webSessionOf(res);
      const { accountId: account, email } = session;
      const form = parseInput(ConsentForm, req.body);
      const pool = await owned(session, form.pool);
      const here = `/checkout/auto?${new URLSearchParams({ pool: pool.id })}`;
      const terms = readTerms(form);
      if (!terms) throw new InkpotError('invalid_request', { detail: 'Choose one of the packs.' });
      if ('faults' in terms) {
        const answer = await page(session, pool, { typed: form, faults: terms.faults });
        return sendPage(res, answer, { formTargets, status: 422 });
      }
      const consent = { pool: pool.id, account, email, terms };
      const before = await arrangements.read(pool.id);
      if (before?.account === account && (await arrangements.amend(consent))) return res.redirect(303, here);
      try {
        // A card of somebody who owned the pool before is not for the one who owns it now.
        await arrangements.turnOff(pool.id);
        await arrangements.agree(consent);
        await forgetCard(before?.card ?? '');
        res.redirect(303, await askForCard(session, pool.id, form.order));
      } catch (error) {
        if (!(error instanceof InkpotError)) throw error;
        logger.warn({ err: error.details.cause, code: error.code, pool: pool.id }, 'no card could be asked for');
        const fault = 'The page for your card could not be opened. Nothing was charged: try again in a moment.';
        sendPage(res, await page(session, pool, { typed: form, fault }), { formTargets, status: 503 });
      }
    })
    .all(methodNotAllowed('GET', 'POST'));

  router
    .route('/checkout/auto/off')
    .post(requireWebSession, ...requireOwnForm, async (req, res) => {
      const pool = await owned(webSessionOf(res), parseInput(PoolName, req.body).pool);
      await forgetCard(await arrangements.turnOff(pool.id));
      res.redirect(303, `/checkout/auto?${new URLSearchParams({ pool: pool.id })}`);
    })
    .all(methodNotAllowed('POST'));

  return router;
}
