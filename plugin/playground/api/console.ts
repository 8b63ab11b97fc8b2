import type { LogLevel } from './services.ts';

type Print = (...parts: readonly unknown[]) => void;

/** The six methods that the typings promise. */
export function createConsole(
  log: (level: LogLevel, parts: readonly unknown[]) => void,
): Readonly<Record<string, Print>> {
  return {
    log: (...parts) => log('log', parts),
    info: (...parts) => log('info', parts),
    warn: (...parts) => log('warn', parts),
    error: (...parts) => log('error', parts),
    assert: (condition, ...parts) => {
      if (condition !== true && !condition) log('error', ['Assertion failed:', ...parts]);
    },
    clear: () => undefined,
  };
}
