/** How long what verifies webhooks is kept at most, in ms (fal: "do not cache longer than 24 hours"). */
const LIFE = 24 * 60 * 60_000;

/** How soon it may be read again for a message that it did not sign, in ms: forgeries must not set the pace. */
const PAUSE = 60_000;

/** What verifies a provider's webhooks, as it was last read. */
export interface KeptKeys<Keys> {
  /**
   * Whether a message is signed by these keys: those that are kept, or new ones when it is not.
   * @throws ProviderFault when they cannot be read.
   */
  verify(isSignedBy: (keys: Keys) => boolean, signal: AbortSignal): Promise<boolean>;
}

export function keepKeys<Keys>(read: (signal: AbortSignal) => Promise<Keys>, clock: () => number): KeptKeys<Keys> {
  let kept: { readonly keys: Keys; readonly at: number } | null = null;

  async function youngerThan(age: number, signal: AbortSignal): Promise<Keys> {
    if (!kept || clock() - kept.at >= age) kept = { keys: await read(signal), at: clock() };
    return kept.keys;
  }

  return {
    verify: async (isSignedBy, signal) =>
      isSignedBy(await youngerThan(LIFE, signal)) || isSignedBy(await youngerThan(PAUSE, signal)),
  };
}

/** How far from now a message may have been signed, in ms: every provider with signatures says five minutes. */
export const FRESH = 5 * 60_000;
