import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';
import { readTrustedKeys } from './trusted-keys.ts';
import type { Verdict } from './verdict.ts';
import { verify } from './verify.ts';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker?.stop());

/** What somebody finds who has nothing but the file. */
async function check(text: string): Promise<Verdict[]> {
  const file = join(broker.dataDir, 'statement.ndjson');
  await writeFile(file, text);
  const verdicts: Verdict[] = [];
  for await (const verdict of verify(file)) verdicts.push(verdict);
  return verdicts;
}

test('a member downloads the pool’s signed statement, which anybody can check without the broker', async () => {
  const person = await broker.person(10);
  await person.topUp(5);
  const answer = await person.request(`/v1/pools/${person.poolId}/statement`);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/x-ndjson',
    'content-disposition': `attachment; filename=inkpot-statement-${person.poolId}.ndjson`,
    'cache-control': 'no-store',
  });
  const text = await answer.text();
  const [verdict] = await check(text);
  expect(verdict).toMatchObject({ kind: 'statement', pool: person.poolId, entries: 3, faults: [], issuer: broker.url });
  expect((await readTrustedKeys(`${broker.url}/oauth/jwks`)).has(verdict?.signer ?? '')).toBe(true);

  const [changed] = await check(text.replace('5000', '6000'));
  expect(changed?.faults).not.toEqual([]);
});

test('nobody else hears that there is such a pool', async () => {
  const [person, stranger] = [await broker.person(10), await broker.person(0)];
  const answers = await Promise.all(
    [person.poolId, '0'.repeat(26)].map((id) => stranger.request(`/v1/pools/${id}/statement`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect((await fetch(`${broker.url}/v1/pools/${person.poolId}/statement`)).status).toBe(401);
});

test('who asks for too many is told when to come again', async () => {
  const person = await broker.person(10);
  const ask = () => person.request(`/v1/pools/${person.poolId}/statement`);
  for (let n = 0; n < 6; n++) expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
});
