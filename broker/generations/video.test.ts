import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Settings } from '../../shared/catalogue/settings.ts';
import type { Person } from '../testing/person.ts';
import { startTestBroker, type TestBroker } from '../testing/test-broker.ts';

const settings: Settings = {
  prompt: 'waves',
  count: 1,
  size: { kind: 'ratio', ratio: '1:1', tier: '480p' },
  duration: 2,
};

let broker: TestBroker;
let ada: Person;

beforeAll(async () => {
  broker = await startTestBroker();
  ada = await broker.person(10);
});
afterAll(() => broker.stop());

test('a video is paid by the second, and arrives as MP4 with a still picture that can stand for it', async () => {
  const { generation } = await ada.generate('sketch-motion', settings);
  await expect.poll(async () => (await ada.read(generation.id)).generation.state).toBe('succeeded');
  const { charged, outputs } = (await ada.read(generation.id)).generation;
  expect(charged).toBe(300);
  expect(outputs).toMatchObject([{ kind: 'video', contentType: 'video/mp4', width: 640, height: 640, seconds: 2 }]);

  const fetchBytes = async (path: string) => {
    const answer = await ada.request(`/v1/generations/${generation.id}/outputs/0${path}`);
    return { type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) };
  };
  const video = await fetchBytes('');
  expect(video.type).toBe('video/mp4');
  expect(video.bytes).toHaveLength(outputs[0]?.bytes ?? 0);
  expect(await fileTypeFromBuffer(video.bytes)).toMatchObject({ mime: 'video/mp4' });
  for (const [path, side] of [
    ['/poster', 640],
    ['/thumbnail', 256],
  ] as const) {
    const still = await fetchBytes(path);
    expect(still.type).toBe('image/jpeg');
    expect(await sharp(still.bytes).metadata()).toMatchObject({ width: side, height: side });
  }
});
