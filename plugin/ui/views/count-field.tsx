import { MinusIcon, PlusIcon } from './icons.tsx';
import { NumberInput } from './number-input.tsx';

interface CountFieldProps {
  readonly count: number;
  readonly most: number;
  readonly onChange: (count: number) => void;
}

/** How many pictures. The buttons are for the mouse; the keyboard has the arrow keys of the field itself. */
export function CountField({ count, most, onChange }: CountFieldProps) {
  return (
    <div class="field">
      <label for="count">Count</label>
      <div class="stepper">
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          disabled={count <= 1}
          onClick={() => onChange(Math.max(1, count - 1))}
        >
          <MinusIcon />
        </button>
        <NumberInput id="count" value={count} min={1} max={most} step={1} onCommit={onChange} />
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          disabled={count >= most}
          onClick={() => onChange(Math.min(most, count + 1))}
        >
          <PlusIcon />
        </button>
      </div>
    </div>
  );
}
