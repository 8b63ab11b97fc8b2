import type { Router } from 'express';
import { createFinisher, type Finisher } from './finisher.ts';
import { createGiftCodes } from './gift-codes.ts';
import { type GiftRouterOptions, giftRouter } from './gift-router.tsx';

export interface GiftsOptions extends Omit<GiftRouterOptions, 'codes'> {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export interface Gifts {
  /** The pages. */
  readonly router: Router;
  /** Start it once the broker listens, stop it when it drains. */
  readonly finisher: Finisher;
}

/** Gift codes from the page where they are typed to the ledger. */
export function createGifts(options: GiftsOptions): Gifts {
  const codes = createGiftCodes(options.redis, options.clock);
  return { router: giftRouter({ ...options, codes }), finisher: createFinisher({ ...options, codes }) };
}
