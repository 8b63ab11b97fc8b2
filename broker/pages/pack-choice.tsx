import { formatCredits } from '../../shared/credits.ts';
import { formatPrice, type Pack, packName } from '../checkout/packs.ts';

/** One pack in a list of them, with its price at the end. */
export function PackChoice({ pack, chosen }: { readonly pack: Pack; readonly chosen: boolean }) {
  return (
    <label class="choice">
      <input type="radio" name="pack" value={pack.id} checked={chosen} aria-label={packName(pack)} required />
      <span>{formatCredits(pack.credits)}</span>
      <span class="end">{formatPrice(pack.cents)}</span>
    </label>
  );
}
