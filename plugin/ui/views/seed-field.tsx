import { MAX_SEED } from '../../../shared/catalogue/settings.ts';
import { DiceIcon, LockIcon, UnlockIcon } from './icons.tsx';

interface SeedFieldProps {
  /** Null for a new one each time. */
  readonly seed: number | null;
  readonly onChange: (seed: number | null) => void;
}

/** The same seed with the same settings makes the same picture; without one, each is new. */
export function SeedField({ seed, onChange }: SeedFieldProps) {
  const locked = seed !== null;
  return (
    <div class="field grow">
      <label for="seed">Seed</label>
      <div class="joined">
        <input
          id="seed"
          class="numeric"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          placeholder="New each time"
          value={seed ?? ''}
          onInput={(event) => onChange(readSeed(event.currentTarget.value))}
        />
        <button type="button" class="icon" title="Roll a new seed" onClick={() => onChange(roll())}>
          <DiceIcon />
        </button>
        <button
          type="button"
          class="icon"
          title="Keep this seed"
          aria-pressed={locked}
          onClick={() => onChange(locked ? null : roll())}
        >
          {locked ? <LockIcon /> : <UnlockIcon />}
        </button>
      </div>
    </div>
  );
}

function readSeed(text: string): number | null {
  const digits = text.replace(/\D/g, '');
  return digits === '' ? null : Math.min(Number(digits), MAX_SEED);
}

function roll(): number {
  return Math.floor(Math.random() * MAX_SEED);
}
