import { computed, signal } from '@preact/signals';
import type { Balance, Pool } from '../../../shared/api/pools.ts';
import type { Broker } from '../api/broker.ts';
import type { Wait } from '../clock.ts';

/** How often, in ms, and how many times the balance is looked at while a top-up is on its way: 10 minutes. */
const TOP_UP_LOOK = 3_000;
const TOP_UP_LOOKS = 200;

export interface PoolsOptions {
  readonly broker: Pick<Broker, 'pools'>;
  readonly brokerUrl: string;
  readonly openLink: (url: string) => void;
  readonly wait: Wait;
}

/** The pools that one may spend from, and the chosen one. */
export function createPools({ broker, brokerUrl, openLink, wait }: PoolsOptions) {
  const pools = signal<readonly Pool[]>([]);
  const chosenId = signal<string | null>(null);
  const chosen = computed(() => pools.value.find(({ id }) => id === chosenId.value) ?? pools.value[0] ?? null);
  /** The pool that credits are on their way to. */
  const awaited = signal<string | null>(null);
  let expectation = new AbortController();

  async function load(): Promise<void> {
    pools.value = (await broker.pools()).pools;
  }

  return {
    pools,
    chosen,
    chosenId,
    awaited,
    load,
    /** Looks again; a broker that cannot be reached leaves what is known. */
    refresh: () => load().catch(() => undefined),
    /** Takes a balance that came with an answer. */
    apply(poolId: string, balance: Balance): void {
      pools.value = pools.value.map((pool) => (pool.id === poolId ? { ...pool, balance } : pool));
    },
    /** Opens the checkout page, and watches for the credits to arrive. */
    async topUp(): Promise<void> {
      const pool = chosen.value;
      if (!pool) return;
      openLink(`${brokerUrl}/checkout?pool=${encodeURIComponent(pool.id)}`);
      expectation.abort();
      expectation = new AbortController();
      const { signal: stopped } = expectation;
      const before = pool.balance.available;
      awaited.value = pool.id;
      for (let look = 0; look < TOP_UP_LOOKS; look++) {
        await wait(TOP_UP_LOOK, stopped).catch(() => undefined);
        if (stopped.aborted) return;
        await load().catch(() => undefined);
        const now = pools.value.find(({ id }) => id === pool.id);
        if (!now || now.balance.available > before) break;
      }
      awaited.value = null;
    },
    forget(): void {
      expectation.abort();
      awaited.value = null;
      pools.value = [];
    },
  };
}
export type Pools = ReturnType<typeof createPools>;
