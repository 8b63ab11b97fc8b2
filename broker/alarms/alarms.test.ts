import { Writable } from 'node:stream';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, expect, test } from 'vitest';
import type { Mail } from '../mail/mail.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { connectRedis } from '../redis/connect.ts';
import { quiet, startTestRedis } from '../redis/test-redis.ts';
import { createAlarms } from './alarms.ts';

const server = await startTestRedis();
const redis = await connectRedis({ url: server.url, name: 'test', logger: quiet });
afterAll(async () => {
  redis.destroy();
  await server.stop();
});

/** Alarms, and what comes of them. */
function anOperator(options: { mailFails?: boolean } = {}) {
  const mails: Mail[] = [];
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  let mailFails = options.mailFails ?? false;
  const counted: string[] = [];
  const repairMail = () => {
    mailFails = false;
  };
  const alarms = createAlarms({
    redis,
    metrics: { alarmRaised: (kind) => counted.push(kind) },
    mailer: {
      send: async (mail) => {
        if (mailFails) throw new Error('the mail server is down');
        mails.push(mail);
      },
    },
    operatorEmail: 'ops@example.com',
    publicUrl: 'https://inkpot.example',
    logger: pino(sink),
  });
  return { alarms, mails, lines, counted, repairMail };
}

test('an alarm is logged as an error, counted, and mailed to the operator', async () => {
  const { alarms, mails, lines, counted } = anOperator();
  await alarms.raise({ kind: 'broken_pool', about: 'p1', what: 'Pool p1 is broken', details: { invariant: 'I1' } });
  expect(lines).toMatchObject([
    { level: 50, alarm: 'broken_pool', about: 'p1', invariant: 'I1', msg: 'Pool p1 is broken' },
  ]);
  expect(counted).toEqual(['broken_pool']);
  expect(mails).toMatchObject([{ to: 'ops@example.com', subject: 'Inkpot alarm: broken pool (p1)' }]);
  expect(mails[0]?.text).toContain('Pool p1 is broken\n\nBroker: https://inkpot.example');
});

test('the same alarm again is logged and counted, but mailed by one broker once an hour; another one is mailed', async () => {
  const [one, other] = [anOperator(), anOperator()];
  await one.alarms.raise({ kind: 'broken_pool', about: 'p2', what: 'broken' });
  await one.alarms.raise({ kind: 'broken_pool', about: 'p2', what: 'broken' });
  await other.alarms.raise({ kind: 'broken_pool', about: 'p2', what: 'broken' });
  await other.alarms.raise({ kind: 'lost_history', about: 'p2', what: 'lost' });
  expect([one.lines.length, one.counted.length, one.mails.length, other.mails.length]).toEqual([2, 2, 1, 1]);
  expect(await redis.ttl('alarm:broken_pool:p2')).toBeGreaterThan(3_500);
});

test('a mail that was not taken is logged, and tried again with the next alarm', async () => {
  const { alarms, mails, lines, repairMail } = anOperator({ mailFails: true });
  const alarm = { kind: 'provider_spend', about: 'fal', what: 'too much' } as const;
  await alarms.raise(alarm);
  expect(lines.at(-1)).toMatchObject({ msg: 'an alarm was not mailed' });
  repairMail();
  await alarms.raise(alarm);
  expect(mails).toHaveLength(1);
});

test('the metric has the kind of alarm, and no pool', async () => {
  const metrics = createMetrics(async () => 0);
  metrics.alarmRaised('broken_pool');
  const { text } = await request(express().use(metrics.router)).get('/metrics');
  expect(text).toContain('inkpot_alarms_total{kind="broken_pool"} 1');
});
