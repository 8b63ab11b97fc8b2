import { Router } from 'express';
import { openApiDocument } from './document.ts';

/** `GET /openapi.json` */
export function openApiRouter(publicUrl: string): Router {
  const body = JSON.stringify(openApiDocument(publicUrl));
  const router = Router();
  router.get('/openapi.json', (_req, res) => {
    res.set('Access-Control-Allow-Origin', '*').type('application/json').send(body);
  });
  return router;
}
