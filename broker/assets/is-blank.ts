/** Whether raw pixels have one colour everywhere: how moderation filters and failed renderings look. */
export function isBlank(data: Uint8Array, channels: number): boolean {
  for (let channel = 0; channel < channels; channel += 1) {
    const first = data[channel] ?? 0;
    for (let at = channel; at < data.length; at += channels) {
      if (Math.abs((data[at] ?? 0) - first) > 1) return false;
    }
  }
  return true;
}
