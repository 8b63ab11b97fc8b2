import { fileTypeFromBuffer } from 'file-type';
import { BufferSource, Input, MP4 } from 'mediabunny';
import { expect, test } from 'vitest';
import { sampleVideo } from './sample-video.ts';

test('a sample video is a small MP4 with H.264, of exactly the asked size and length', async () => {
  const bytes = await sampleVideo({ width: 256, height: 192 }, { seconds: 2 });
  expect(bytes.length).toBeLessThan(60_000);
  expect(await fileTypeFromBuffer(bytes)).toMatchObject({ mime: 'video/mp4' });
  const input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
  expect(await input.computeDuration()).toBeCloseTo(2, 1);
  expect(await input.getPrimaryVideoTrack()).toMatchObject({ codec: 'avc', displayWidth: 256, displayHeight: 192 });
});
