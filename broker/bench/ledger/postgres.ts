import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The same hold as one statement: cover checked and taken, the hold and its entry written, committed to the disk. */
const HOLD = (pools: number) => `\\set pool random(1, ${pools})
WITH taken AS (
  UPDATE bench_pool SET paid = paid - 100, held = held + 100, seq = seq + 1, open = open + 1
  WHERE id = :pool AND status = 'active' AND paid >= 100
  RETURNING id, paid, held, seq
), hold AS (
  INSERT INTO bench_hold (pool, state, ceiling, member, record)
  SELECT id, 'held', 100, 'ada', '{"modelId":"sketch","settings":{"prompt":"a lighthouse at dusk","count":1}}' FROM taken
)
INSERT INTO bench_entry (pool, seq, kind, amount, paid, held, member, at)
SELECT id, seq, 'hold', 100, paid, held, 'ada', clock_timestamp() FROM taken;
`;

const SCHEMA = `
CREATE TABLE bench_pool (id int PRIMARY KEY, status text, paid bigint, held bigint, seq bigint, open int) WITH (fillfactor = 50);
CREATE TABLE bench_hold (id bigserial PRIMARY KEY, pool int, state text, ceiling bigint, member text, record jsonb);
CREATE TABLE bench_entry (pool int, seq bigint, kind text, amount bigint, paid bigint, held bigint, member text, at timestamptz, PRIMARY KEY (pool, seq));
INSERT INTO bench_pool SELECT n, 'active', 1000000000, 0, 1, 0 FROM generate_series(1, 10000) n;
`;

/** Connections that PostgreSQL keeps for its administrators, and may still be closing. */
const RESERVED = 8;

/** Where PostgreSQL may be used, for as long as this is running; it makes a schema of its own and drops it. */
export interface Postgres {
  /** Holds per second by pgbench, with prepared statements; NaN for more clients than it takes. */
  holdsPerSecond(clients: number, pools: number, seconds: number): Promise<number>;
  close(): Promise<void>;
}

/** @param url `postgres://…`, or whatever else `psql` takes for a database. */
export async function openPostgres(url: string): Promise<Postgres> {
  const schema = `bench_${randomUUID().replaceAll('-', '')}`;
  const folder = join('.cache', schema);
  const env = { ...process.env, PGOPTIONS: `-c search_path=${schema} -c synchronous_commit=on` };
  const sql = (text: string) => run('psql', [url, '-qv', 'ON_ERROR_STOP=1', '-c', text], { env });
  await sql(`CREATE SCHEMA ${schema}; ${SCHEMA}`);
  await mkdir(folder, { recursive: true });
  const most = Number((await run('psql', [url, '-qAtc', 'SHOW max_connections'], { env })).stdout) - RESERVED;
  return {
    async holdsPerSecond(clients, pools, seconds) {
      if (clients > most) return Number.NaN;
      const script = join(folder, `${pools}.sql`);
      await writeFile(script, HOLD(pools));
      const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', script];
      const { stdout } = await run('pgbench', [...options, url], { env });
      return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
    },
    async close() {
      await sql(`DROP SCHEMA ${schema} CASCADE`);
      await rm(folder, { recursive: true });
    },
  };
}
