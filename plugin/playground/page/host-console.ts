import type { LogLevel } from '../api/services.ts';
import { Live } from '../sandbox/live.ts';

/** The developer's console is where Figma prints what plugins log; this is the one place that writes to it. */
export function print(level: LogLevel, parts: readonly unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: printing to it is this function's purpose
  console[level](...parts.map((part) => (part instanceof Live ? `[${part.shape.name}]` : part)));
}
