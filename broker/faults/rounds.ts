import { WHOLE } from './plan.ts';

/** How long a run of the fault tests is, and what decides its course; set by `npm run test:faults`. */
export const ROUNDS = Number(process.env.FAULT_ROUNDS ?? WHOLE);
export const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31);

/** Whether the append-only file is torn at every byte, and not at some. */
export const EVERY_BYTE = process.env.FAULT_EVERY_BYTE === 'yes';
