/** Where the fake queue can be stopped: before and after it takes a job, and before it answers about one. */
export type FakeSpot = 'submit' | 'accept' | 'poll' | 'result' | 'file';

/** An answer that is held. */
export interface FakeHold {
  /** Resolves when a request has come so far. */
  readonly reached: Promise<void>;
  /** Lets it go on, or never stops it. */
  release(): void;
}

export interface FakeHolds {
  /** Holds the next request at this spot that is about a prompt with `word` in it. */
  hold(spot: FakeSpot, word: string): FakeHold;
  /** What the server waits for at each spot. */
  pass(spot: FakeSpot, prompt: string): Promise<void>;
}

export function createFakeHolds(): FakeHolds {
  const holds = new Set<{ spot: FakeSpot; word: string; stop(): Promise<void> }>();
  return {
    hold(spot, word) {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const hold = {
        spot,
        word,
        stop() {
          reached.resolve();
          return released.promise;
        },
      };
      holds.add(hold);
      return {
        reached: reached.promise,
        release() {
          holds.delete(hold);
          released.resolve();
        },
      };
    },
    async pass(spot, prompt) {
      const hold = [...holds].find((candidate) => candidate.spot === spot && prompt.includes(candidate.word));
      if (!hold) return;
      holds.delete(hold);
      await hold.stop();
    },
  };
}
