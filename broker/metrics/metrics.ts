import { Router } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { GenerationState } from '../../shared/api/generations.ts';
import { PICO_PER_USD } from '../../shared/catalogue/pico-usd.ts';

/** What the broker counts for its operator. No person, prompt or amount of one pool is in it. */
export interface Metrics {
  generationEnded(modelId: string, state: GenerationState): void;
  /** A generation was paid for; amounts in picodollars. */
  settled(modelId: string, books: { readonly revenue: number; readonly cost: number }): void;
  /** A result came after its hold had been released: the house paid for it. */
  lateResult(): void;
  /** A pool was checked against its entries. */
  poolAudited(isSound: boolean): void;
  /** The operator was called. @param kind names the alarm, and nobody. */
  alarmRaised(kind: string): void;
  /** `GET /metrics`, in the Prometheus text format. */
  readonly router: Router;
}

/** @param countOrphans provider jobs that may be billed although their holds were released. */
export function createMetrics(countOrphans: () => Promise<number>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ended = new Counter({
    name: 'inkpot_generations_ended_total',
    help: 'Generations that have ended, by model and final state',
    labelNames: ['model', 'state'],
    registers: [registry],
  });
  const dollars = (what: 'revenue' | 'cost', help: string) =>
    new Counter({ name: `inkpot_${what}_usd_total`, help, labelNames: ['model'], registers: [registry] });
  const revenue = dollars('revenue', 'What people paid for delivered results, by model, in US dollars');
  const cost = dollars('cost', 'What delivered results cost the operator, by model, in US dollars');
  const late = new Counter({
    name: 'inkpot_late_results_total',
    help: 'Results that came after their hold was released',
    registers: [registry],
  });
  const alarms = new Counter({
    name: 'inkpot_alarms_total',
    help: 'Alarms that were raised for the operator, by kind',
    labelNames: ['kind'],
    registers: [registry],
  });
  const audits = new Counter({
    name: 'inkpot_pools_audited_total',
    help: 'Audits of pools, by what they found',
    labelNames: ['outcome'],
    registers: [registry],
  });
  new Gauge({
    name: 'inkpot_orphaned_jobs',
    help: 'Provider jobs that may be billed although their holds were released',
    registers: [registry],
    async collect() {
      // Without Redis nobody knows, and the rest is worth most just then.
      this.set(await countOrphans().catch(() => Number.NaN));
    },
  });
  const router = Router();
  router.get('/metrics', async (_req, res) => {
    res.type(registry.contentType).send(await registry.metrics());
  });
  return {
    generationEnded: (model, state) => ended.inc({ model, state }),
    settled(model, books) {
      revenue.inc({ model }, books.revenue / PICO_PER_USD);
      cost.inc({ model }, books.cost / PICO_PER_USD);
    },
    lateResult: () => late.inc(),
    poolAudited: (isSound) => audits.inc({ outcome: isSound ? 'sound' : 'broken' }),
    alarmRaised: (kind) => alarms.inc({ kind }),
    router,
  };
}
