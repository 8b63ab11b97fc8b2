/**
 * `npm run bench -- ledger`: what a hold and its capture cost through the ledger, beside what Redis can do with the same
 * script, and beside PostgreSQL when `BENCH_POSTGRES_URL` says where one is.
 * @module
 */
import { parseArgs } from 'node:util';
import { measureBareHolds } from './bare-redis.ts';
import { measureIdlePools } from './idle-pools.ts';
import { measurePairs } from './pairs.ts';
import { measurePoolAge } from './pool-age.ts';
import { openPostgres } from './postgres.ts';
import { print, summarize } from './report.ts';
import { openRichPool, openScene } from './scene.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** How long each is measured, in seconds, and how often; the medians are shown. */
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    /** The age of the old pool, in entries. */
    entries: { type: 'string', default: '1000000' },
  },
});
const seconds = Number(options.seconds);

const CLIENTS = [1, 16, 64, 256];
const POOLS = 10_000;

/** About as many holds as `redis-benchmark` makes in a second; it counts and cannot be told how long. */
const PER_SECOND = { alone: 3_000, together: 25_000 };

const scene = await openScene();
const { ledger } = scene;
const postgres = process.env.BENCH_POSTGRES_URL ? await openPostgres(process.env.BENCH_POSTGRES_URL) : null;
try {
  const idle = await measureIdlePools(scene, POOLS);
  const hotPool = [await openRichPool(ledger)];
  await measurePairs({ ledger, pools: hotPool, clients: 64, seconds });
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const clients of CLIENTS) {
      const requests = seconds * (clients === 1 ? PER_SECOND.alone : PER_SECOND.together);
      rounds.push({
        clients,
        bare: await measureBareHolds(scene, clients, requests),
        hot: await measurePairs({ ledger, pools: [await openRichPool(ledger)], clients, seconds }),
        many: await measurePairs({ ledger, pools: idle.pools, clients, seconds }),
        postgres: postgres && {
          hot: await postgres.holdsPerSecond(clients, 1, seconds),
          many: await postgres.holdsPerSecond(clients, POOLS, seconds),
        },
      });
    }
  }
  const age = await measurePoolAge(ledger, Number(options.entries));
  print(summarize({ clients: CLIENTS, rounds, age, bytesPerIdlePool: idle.bytes }), options.json);
} finally {
  await postgres?.close();
  await scene.close();
}
