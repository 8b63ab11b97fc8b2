import { Router } from 'express';

export interface HealthOptions {
  /** Rejects, or answers with what is wrong, when this broker should get no new work. */
  readonly isReady: () => Promise<boolean>;
}

/** `GET /healthz`: the process lives. `GET /readyz`: it can take work, so its ledger answers and it is not draining. */
export function healthRouter({ isReady }: HealthOptions): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const ready = await isReady().catch(() => false);
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
  });
  return router;
}
