import { z } from 'zod';
import { credits } from '../../../shared/credits.ts';
import { customPack, findPack, formatPrice, MOST_CENTS } from '../packs.ts';
import type { Arrangement, Terms } from './arrangement.ts';

/** What an owner typed and ticked. */
export const ConsentForm = z.object({
  pool: z.string(),
  order: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  threshold: z.string().max(32),
  pack: z.string(),
  limit: z.string().max(32),
  agree: z.string().optional(),
});

/** What stands in the form. */
export type TypedTerms = Pick<z.infer<typeof ConsentForm>, 'threshold' | 'pack' | 'limit'>;

/** What is wrong with it, in words beside each field. */
export type ConsentFaults = Partial<Record<'threshold' | 'limit' | 'agree', string>>;

export const FIRST_TERMS: TypedTerms = { threshold: '50', pack: 'credits-200', limit: '100' };

/** The most credits below which more may be bought. */
const MOST_THRESHOLD = 10_000;

/** Reads the form. @returns the terms, or what is wrong with it; undefined for a pack that is not on the page. */
export function readTerms(form: z.infer<typeof ConsentForm>): Terms | { readonly faults: ConsentFaults } | undefined {
  const pack = findPack(form.pack);
  if (!pack) return undefined;
  const typed = /^\d{1,3}(,?\d{3})*$/.test(form.threshold.trim()) ? Number(form.threshold.replaceAll(',', '')) : 0;
  const limit = customPack(form.limit)?.cents ?? 0;
  const faults: ConsentFaults = {
    ...((typed < 1 || typed > MOST_THRESHOLD) && { threshold: 'Type a whole number from 1 to 10,000.' }),
    ...(limit < pack.cents && {
      limit: `Type an amount from ${formatPrice(pack.cents)}, the price of one top-up, to ${formatPrice(MOST_CENTS)}.`,
    }),
    ...(!form.agree && { agree: 'Without your consent the card may not be charged.' }),
  };
  if (Object.keys(faults).length > 0) return { faults };
  const { id, credits: bought, cents } = pack;
  return { threshold: credits(typed), pack: id, credits: bought, cents, monthlyCents: limit };
}

/** Terms as they are typed. */
export function asTyped({ threshold, pack, monthlyCents }: Arrangement): TypedTerms {
  return { threshold: String(threshold / credits(1)), pack, limit: formatPrice(monthlyCents).slice(1) };
}
