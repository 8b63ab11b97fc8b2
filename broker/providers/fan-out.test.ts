import { expect, test } from 'vitest';
import { fanOut } from './fan-out.ts';
import { type Delivery, ProviderFault } from './provider.ts';
import type { ReportedCost } from './reported-cost.ts';

function picture(cost?: ReportedCost): Delivery {
  return { state: 'succeeded', outputs: [{ bytes: new Uint8Array([1]), seed: null }], ...(cost && { cost }) };
}

function fault(reason: ProviderFault['reason'], outcomeUnknown = false) {
  return new ProviderFault(reason, { cause: 'a test', outcomeUnknown });
}

test('what was delivered counts, whatever became of the rest, of which is told what may be billed', async () => {
  const calls = [picture(), fault('timeout', true), picture(), fault('rate_limited')];
  const delivery = await fanOut(4, async (index) => {
    const call = calls[index];
    if (!call || call instanceof ProviderFault) throw call;
    return call;
  });
  expect(delivery.outputs).toHaveLength(2);
  expect(delivery.uncertain).toBe(1);
  expect(await fanOut(1, async () => picture())).not.toHaveProperty('uncertain');
});

test('when nothing was delivered, one call that may be billed makes the whole unknown', async () => {
  const calls = [fault('rate_limited'), fault('timeout', true)];
  await expect(fanOut(2, async (index) => Promise.reject(calls[index]))).rejects.toBe(calls[1]);
  await expect(fanOut(1, async () => Promise.reject(calls[0]))).rejects.toBe(calls[0]);
});

test('costs add up, and are unknown as soon as one call does not say', async () => {
  const tokens = { kind: 'tokens', textIn: 1, imageIn: 2, textOut: 3, imageOut: 4 } as const;
  const total = { kind: 'tokens', textIn: 2, imageIn: 4, textOut: 6, imageOut: 8 };
  expect((await fanOut(2, async () => picture(tokens))).cost).toEqual(total);
  const credits = { kind: 'credits', credits: 35, usdPerCredit: 0.001 } as const;
  expect((await fanOut(2, async () => picture(credits))).cost).toEqual({ ...credits, credits: 70 });
  expect((await fanOut(2, async () => picture({ kind: 'usd', usd: 0.25 }))).cost).toEqual({ kind: 'usd', usd: 0.5 });
  expect((await fanOut(2, async (index) => picture(index === 0 ? tokens : undefined))).cost).toBeUndefined();
  expect((await fanOut(2, async (index) => picture(index === 0 ? tokens : credits))).cost).toBeUndefined();
});
