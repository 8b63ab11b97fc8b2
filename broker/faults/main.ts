/**
 * `npm run test:faults`: the fault tests alone, of what stands here, for as many rounds as asked.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const { values } = parseArgs({
  options: { rounds: { type: 'string' }, seed: { type: 'string' }, 'every-byte': { type: 'boolean' } },
});
for (const name of ['rounds', 'seed'] as const) {
  if (!/^[1-9]\d*$/.test(values[name] ?? '1')) {
    process.stderr.write(`--${name} takes a number from 1 on\n`);
    process.exit(1);
  }
}
const env = {
  ...process.env,
  ...(values.rounds && { FAULT_ROUNDS: values.rounds }),
  ...(values.seed && { FAULT_SEED: values.seed }),
  ...(values['every-byte'] && { FAULT_EVERY_BYTE: 'yes' }),
};
const programs = [
  ['broker/build/main.ts'],
  ['node_modules/vitest/vitest.mjs', 'run', '--config', '.config/vitest.config.ts', '--project', 'faults'],
];
for (const args of programs) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
