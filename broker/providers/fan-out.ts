import { type Delivery, ProviderFault } from './provider.ts';
import type { ReportedCost } from './reported-cost.ts';

/**
 * Several calls that each make a part, where a provider makes one picture per call while the caller waits. What was
 * delivered counts, whatever became of the rest.
 * @throws ProviderFault when nothing was delivered: that of a call whose outcome is unknown, if there is one.
 */
export async function fanOut(count: number, call: (index: number) => Promise<Delivery>): Promise<Delivery> {
  const calls = await Promise.allSettled(Array.from({ length: count }, (_, index) => call(index)));
  const delivered = calls.flatMap((ended) => (ended.status === 'fulfilled' ? [ended.value] : []));
  const faults: unknown[] = calls.flatMap((ended) => (ended.status === 'rejected' ? [ended.reason] : []));
  const unknown = faults.filter((fault) => !(fault instanceof ProviderFault) || fault.outcomeUnknown);
  if (delivered.length === 0) throw unknown[0] ?? faults[0];
  const cost = sumOf(delivered.map((part) => part.cost));
  return {
    state: 'succeeded',
    outputs: delivered.flatMap(({ outputs }) => outputs),
    ...(cost && { cost }),
    ...(unknown.length > 0 && { uncertain: unknown.length }),
  };
}

/** What the parts cost together; undefined when one of them does not say. */
function sumOf(costs: readonly (ReportedCost | undefined)[]): ReportedCost | undefined {
  return costs.reduce((sum, cost) => sum && cost && add(sum, cost));
}

function add(sum: ReportedCost, more: ReportedCost): ReportedCost | undefined {
  if (sum.kind === 'usd' && more.kind === 'usd') return { kind: 'usd', usd: sum.usd + more.usd };
  if (sum.kind === 'credits' && more.kind === 'credits' && sum.usdPerCredit === more.usdPerCredit) {
    return { ...sum, credits: sum.credits + more.credits };
  }
  if (sum.kind === 'tokens' && more.kind === 'tokens') {
    return {
      kind: 'tokens',
      textIn: sum.textIn + more.textIn,
      imageIn: sum.imageIn + more.imageIn,
      textOut: sum.textOut + more.textOut,
      imageOut: sum.imageOut + more.imageOut,
    };
  }
  return undefined;
}
