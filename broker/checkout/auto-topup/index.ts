import type { Router } from 'express';
import { type Arrangements, createArrangements } from './arrangements.ts';
import { type AutoTopupRouterOptions, autoTopupRouter } from './auto-topup-router.tsx';
import { createKeeper, type Keeper, type KeeperOptions } from './keeper.ts';
import type { Nudges } from './nudges.ts';

export type AutoTopupOptions = Omit<KeeperOptions, 'arrangements'> &
  Omit<AutoTopupRouterOptions, 'arrangements' | 'keeper'> & { readonly nudges: Nudges | null };

export interface AutoTopup {
  readonly router: Router;
  readonly keeper: Keeper;
  readonly arrangements: Pick<Arrangements, 'read'>;
}

/** Auto top-up from consent to charge: the page, and what looks after it once the broker listens. */
export function createAutoTopup(options: AutoTopupOptions): AutoTopup {
  const arrangements = createArrangements(options.redis, options.clock);
  const keeper = createKeeper({ ...options, arrangements });
  options.nudges?.listen(keeper.nudge);
  return { router: autoTopupRouter({ ...options, arrangements, keeper }), keeper, arrangements };
}
