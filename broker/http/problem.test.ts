import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { expect, test } from 'vitest';
import { InkpotError } from '../../shared/errors.ts';
import { problemHandler } from './problem.ts';

function appThatThrows(error?: unknown) {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const app = express();
  app.use(express.json());
  app.post('/', () => {
    throw error;
  });
  app.use(problemHandler(logger));
  return { app, log: () => lines.join('') };
}

test('a body that cannot be read reaches neither the answer nor the log', async () => {
  const { app, log } = appThatThrows();
  const secret = 'a prompt that is nobody else\u2019s business';
  const response = await request(app).post('/').type('json').send(`{"prompt": "${secret}" oops}`);
  expect(response.status).toBe(400);
  expect(log()).toContain('entity.parse.failed');
  expect(response.text + log()).not.toContain('nobody else');
});

test('a cause stays in the log', async () => {
  const cause = new Error('fal says: user is locked');
  const { app, log } = appThatThrows(new InkpotError('broker_busy', { cause, retryAfterSeconds: 1.2 }));
  const response = await request(app).post('/');
  expect([response.status, response.get('retry-after')]).toEqual([503, '2']);
  expect(response.text).not.toContain('fal');
  expect(log()).toContain('user is locked');
});

test('what nobody expected is an internal error without its words', async () => {
  const { app, log } = appThatThrows(new TypeError('x of undefined in /srv/inkpot'));
  const response = await request(app).post('/');
  expect(response.status).toBe(500);
  expect(response.text).not.toContain('undefined');
  expect(log()).toContain('x of undefined');
});
