import * as z from 'zod/mini';
import { Settings } from '../catalogue/settings.ts';
import { Amount } from '../credits.ts';
import { Balance } from './pools.ts';

/** `POST /v1/quotes` */
export const QuoteRequest = z.strictObject({
  poolId: z.string(),
  modelId: z.string(),
  settings: Settings,
});
export type QuoteRequest = z.infer<typeof QuoteRequest>;

/** A signed ceiling price for one exact request, good for 10 minutes. */
export const Quote = z.object({
  /** The signed quote, to be sent back unchanged with the generation. */
  token: z.string(),
  /** The most that the generation will cost, in millicredits. */
  ceiling: Amount,
  /** What it is made of, before margin and rounding, in picodollars (10^-12 US dollars). */
  lines: z.array(z.object({ label: z.string(), picoUsd: z.int() })),
  /** ISO 8601, UTC. */
  expiresAt: z.string(),
  balance: Balance,
});
export type Quote = z.infer<typeof Quote>;
