/** What went wrong, in words for whoever runs the broker: with what caused it, which other people are not told. */
export function sayError(error: unknown): string {
  const lines: string[] = [];
  for (let next = error; next !== undefined && next !== null; next = next instanceof Error ? next.cause : undefined) {
    const words = next instanceof Error ? next.message || next.name : String(next);
    if (lines.at(-1) !== words) lines.push(words);
  }
  return lines.join('\n  because: ');
}
