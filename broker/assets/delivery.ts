import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import type { Delivery } from '../providers/provider.ts';

const Seed = z.int().nullable();

const Stored = z.object({
  state: z.literal('succeeded'),
  outputs: z.array(
    z.union([
      z.object({ seed: Seed, bytes: z.instanceof(Uint8Array) }),
      z.object({ seed: Seed, url: z.string(), credentials: z.record(z.string(), z.string()).optional() }),
    ]),
  ),
  cost: z.custom<NonNullable<Delivery['cost']>>().optional(),
  uncertain: z.int().optional(),
});

/** A delivery as one file: in V8's own format, which holds bytes as they are. */
export function packDelivery({ state, outputs, cost, uncertain }: Delivery): Uint8Array {
  return serialize({ state, outputs, cost, uncertain });
}

/** @throws Error when the file is damaged. */
export function unpackDelivery(file: Uint8Array): Delivery {
  return Stored.parse(deserialize(file));
}
