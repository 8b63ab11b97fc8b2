import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutputLink } from '../../shared/api/generations.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { startTestBucket, type TestBucket } from '../assets/test-bucket.ts';
import { createLedger } from '../ledger/index.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

// A broker that keeps its pictures in a bucket.

const settings: Settings = { prompt: 'waves', count: 1, size: { kind: 'pixels', width: 256, height: 192 } };

let bucket: TestBucket;
let broker: TestBroker;
let ada: Person;

beforeAll(async () => {
  bucket = await startTestBucket();
  broker = await startTestBroker({
    INKPOT_S3_BUCKET: bucket.bucket,
    INKPOT_S3_ENDPOINT: bucket.endpoint,
    INKPOT_S3_ACCESS_KEY_ID: bucket.credentials.accessKeyId,
    INKPOT_S3_SECRET_ACCESS_KEY: bucket.credentials.secretAccessKey,
  });
  ada = await broker.person(10);
});
afterAll(async () => {
  await broker.stop();
  await bucket.close();
});

async function generate(): Promise<string> {
  const { generation } = await ada.generate('sketch', settings);
  await expect.poll(async () => (await ada.read(generation.id)).generation.state).toBe('succeeded');
  return `/v1/generations/${generation.id}/outputs`;
}
const remove = (person: Person, path: string) => person.request(path, { method: 'DELETE' });

test('pictures come out of the bucket as they would from the disk, where none lies', async () => {
  const answer = await ada.request(`${await generate()}/0`);
  expect(answer.headers.get('content-type')).toBe('image/png');
  expect(
    Buffer.from(await answer.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(await readdir(broker.dataDir)).not.toContain('assets');
});

test('a link lets a browser save a picture as it came, without a token, for a few minutes', async () => {
  const path = await generate();
  const asked = await ada.request(`${path}/0/link`, { method: 'POST' });
  expect(asked.status).toBe(201);
  const { url, expiresAt } = OutputLink.parse(await asked.json());
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
  const saved = await fetch(url);
  expect(saved.headers.get('content-disposition')).toMatch(/^attachment; filename=inkpot-\w+-0$/);
  expect(saved.headers.get('x-content-type-options')).toBe('nosniff');
  const picture = await ada.request(`${path}/0`);
  expect(await saved.arrayBuffer()).toEqual(await picture.arrayBuffer());
  for (const other of [url.slice(0, -1), `${broker.url}/v1/generations/links/${ada.token}`]) {
    expect((await fetch(other)).status).toBe(404);
  }
  const eve = await broker.person(0);
  expect((await eve.request(`${path}/0/link`, { method: 'POST' })).status).toBe(404);
  await remove(ada, path);
  expect((await fetch(url)).status).toBe(404);
});

describe('whoever made a picture deletes it', () => {
  test('from everywhere it is kept, as often as they like, and it stays paid', async () => {
    const path = await generate();
    const before = await ada.available();
    expect((await remove(ada, path)).status).toBe(204);
    expect((await remove(ada, path)).status).toBe(204);
    for (const part of ['', '/poster', '/thumbnail', '/original']) {
      expect(await (await ada.request(`${path}/0${part}`)).json()).toMatchObject({ code: 'not_found' });
    }
    expect(await ada.available()).toBe(before);
  });

  test('but no other member does, and to strangers it does not exist', async () => {
    const path = await generate();
    const [bob, eve] = [await broker.person(0), await broker.person(0)];
    const ledger = createLedger(broker.redis);
    const terms = { role: 'member', cap: null } as const;
    const { poolId, accountId: actor } = ada;
    await ledger.setMember({ poolId, operationId: 'invite', memberId: bob.accountId, terms, actor });
    expect(await (await remove(bob, path)).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await (await remove(eve, path)).json()).toMatchObject({ status: 404 });
    expect((await ada.request(`${path}/0`)).status).toBe(200);
  });
});
