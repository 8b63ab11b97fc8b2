/** Alpha is the last of four channels. */
const ALPHA = 3;

/**
 * Whether raw pixels have one colour everywhere, or are all see-through whatever their colours: how moderation filters
 * and failed renderings look.
 */
export function isBlank(data: Uint8Array, channels: number): boolean {
  if (channels > ALPHA && (data[ALPHA] ?? 0) <= 1 && isEven(data, channels, ALPHA)) return true;
  for (let channel = 0; channel < channels; channel += 1) {
    if (!isEven(data, channels, channel)) return false;
  }
  return true;
}

function isEven(data: Uint8Array, channels: number, channel: number): boolean {
  const first = data[channel] ?? 0;
  for (let at = channel; at < data.length; at += channels) {
    if (Math.abs((data[at] ?? 0) - first) > 1) return false;
  }
  return true;
}
