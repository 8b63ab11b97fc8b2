import { formatCredits } from '../../../shared/credits.ts';
import type { Mail } from '../../mail/mail.ts';
import { formatPrice } from '../packs.ts';
import type { Arrangement, StopReason } from './arrangement.ts';

/** Why it has stopped, and that nothing was charged, in words for the owner. */
export function stopWords(reason: StopReason | undefined): string {
  switch (reason) {
    case 'requires_action':
      return 'Your bank wants you to approve the payment yourself. Nothing was charged.';
    case 'card_gone':
      return 'The saved card is not there any more. Nothing was charged.';
    case 'not_taken':
      return 'The payment could not be made. Nothing was charged.';
    case 'declined':
    case undefined:
      return 'Your bank declined the payment. Nothing was charged.';
  }
}

/** Tells the owner that the pool is not topped up any more, and where to go. */
export function stoppedMail(arrangement: Arrangement, publicUrl: string): Mail {
  const { pool, email, reason, threshold, credits, cents, cardName } = arrangement;
  const name = new URLSearchParams({ pool });
  return {
    to: email,
    subject: 'Inkpot: auto top-up has stopped',
    text: [
      `Your pool fell below ${formatCredits(threshold)}, and ${formatCredits(credits)} for ${formatPrice(cents)} were to be bought with ${cardName}.`,
      `${stopWords(reason)} Until you turn it on again, nothing is bought by itself.`,
      `Buy credits now, and approve the payment:\n${publicUrl}/checkout?${name}`,
      `Turn auto top-up on again, with this card or another, or turn it off:\n${publicUrl}/checkout/auto?${name}`,
    ].join('\n\n'),
  };
}
