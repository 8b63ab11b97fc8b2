import { useState } from 'preact/hooks';

interface NumberInputProps {
  readonly id: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly disabled?: boolean;
  readonly onCommit: (value: number) => void;
}

/** A number that may be half typed: what is valid counts at once, and what is not is mended when the field is left. */
export function NumberInput({ value, min, max, step, onCommit, ...rest }: NumberInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const isValid = (number: number) => Number.isInteger(number) && number >= min && number <= max && number % step === 0;
  return (
    <input
      {...rest}
      type="number"
      class="numeric"
      min={min}
      max={max}
      step={step}
      value={typed ?? value}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        if (text !== '' && isValid(Number(text))) onCommit(Number(text));
      }}
      onBlur={() => {
        if (typed !== null && typed !== '') onCommit(mend(Number(typed), min, max, step));
        setTyped(null);
      }}
    />
  );
}

/** The nearest number that is allowed. */
export function mend(value: number, min: number, max: number, step: number): number {
  const least = Math.ceil(min / step) * step;
  const most = Math.floor(max / step) * step;
  return Math.min(most, Math.max(least, Math.round(value / step) * step));
}
