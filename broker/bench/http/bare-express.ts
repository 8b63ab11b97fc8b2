/**
 * The floor that Express gives: an app that parses the same body and answers as long a document, and does nothing else.
 * @module
 */
import express from 'express';
import { GenerationRequest } from '../../../shared/api/generations.ts';
import { parseInput } from '../../http/parse.ts';

const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.use(express.json({ limit: '32kb' }));
app.get('/readyz', (_req, res) => {
  res.end();
});
app.post('/v1/generations', (req, res) => {
  const { settings } = parseInput(GenerationRequest, req.body);
  res.status(202).json({ generation: { id: 'a'.repeat(53), settings, padding: 'x'.repeat(500) }, balance: {} });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
