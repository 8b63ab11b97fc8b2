import { Router } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { GenerationState } from '../../shared/api/generations.ts';

/** What the broker counts for its operator. No person, prompt or amount of one pool is in it. */
export interface Metrics {
  generationEnded(modelId: string, state: GenerationState): void;
  /** A result came after its hold had been released: the house paid for it. */
  lateResult(): void;
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
  const late = new Counter({
    name: 'inkpot_late_results_total',
    help: 'Results that came after their hold was released',
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
    lateResult: () => late.inc(),
    router,
  };
}
