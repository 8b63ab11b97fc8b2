import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { generationIdIn, newSuffix } from './generations/generation-id.ts';
import { dropOldOutputs } from './generations/retention.ts';
import { startHousekeeping } from './housekeeping.ts';

const logger = pino({ level: 'silent' });
const POOL = '01jd3r9k2p7q4x8v5n6m1c0bza';

test('a drain does not wait until all old pictures are gone, for a broker has more to do before it is killed', async () => {
  const dropped: string[] = [];
  const files = {
    async *listGenerations() {
      for (;;) yield generationIdIn(POOL, newSuffix(1));
    },
    async dropGeneration(generationId: string) {
      dropped.push(generationId);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const outputs = (signal: AbortSignal) => dropOldOutputs({ files, days: 30, clock: Date.now }, signal);
  const housekeeping = startHousekeeping({ outputs }, logger);
  await vi.waitUntil(() => dropped.length > 2);
  await housekeeping.stop();
  const { length } = dropped;
  await new Promise((resolve) => setImmediate(resolve));
  expect(dropped).toHaveLength(length);
});
