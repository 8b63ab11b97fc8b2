import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import { requestFor } from '../test-request.ts';
import { createGoogle } from './adapter.ts';
import { toPictureInput, toVideoInput } from './inputs.ts';

const reference = { bytes: new Uint8Array([1, 2, 3]), contentType: 'image/png', width: 8, height: 8 } as const;
const encoded = { bytesBase64Encoded: 'AQID', mimeType: 'image/png' };

test('every Google route of the catalogue is served, with the pictures that may go in', () => {
  const google = createGoogle({ key: 'k' });
  const paths = builtInModels().flatMap(({ routes }) => routes.filter(({ provider }) => provider === 'google'));
  expect(paths.length).toBeGreaterThanOrEqual(5);
  for (const { path } of paths) expect(google.serves(path), path).toEqual(['references']);
  expect(google.serves('gemini-unknown')).toBeNull();
});

test('a picture is asked for by ratio and resolution, with its references after the words', () => {
  const size = { kind: 'ratio', ratio: '16:9', tier: '4K' } as const;
  const request = requestFor(
    { provider: 'google', path: 'gemini-3-pro-image' },
    { size, count: 3, seed: 7, negativePrompt: 'text' },
    { references: [reference, { ...reference, contentType: 'image/jpeg' }] },
  );
  expect(toPictureInput(request)).toEqual({
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'a fox' },
          { inlineData: { mimeType: 'image/png', data: 'AQID' } },
          { inlineData: { mimeType: 'image/jpeg', data: 'AQID' } },
        ],
      },
    ],
    generationConfig: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '16:9', imageSize: '4K' } },
  });
});

test('a video is asked for by ratio, resolution and length; one picture is its first frame, several are its cast', () => {
  const size = { kind: 'ratio', ratio: '9:16', tier: '1080p' } as const;
  const ask = (count: number, negativePrompt?: string) =>
    toVideoInput(
      requestFor(
        { provider: 'google', path: 'veo-3.1-generate-preview' },
        { size, duration: 8, audio: true, seed: 7, ...(negativePrompt && { negativePrompt }) },
        { references: Array.from({ length: count }, () => reference) },
      ),
    );
  const parameters = { aspectRatio: '9:16', resolution: '1080p', durationSeconds: 8 };
  expect(ask(0, 'text')).toEqual({
    instances: [{ prompt: 'a fox' }],
    parameters: { ...parameters, negativePrompt: 'text' },
  });
  expect(ask(1)).toEqual({ instances: [{ prompt: 'a fox', image: encoded }], parameters });
  const asset = { image: encoded, referenceType: 'asset' };
  expect(ask(2)).toEqual({ instances: [{ prompt: 'a fox', referenceImages: [asset, asset] }], parameters });
});

test('nothing is sent without a ratio, which every model of Google’s takes', () => {
  const request = requestFor({ provider: 'google', path: 'gemini-3-pro-image' }, { size: { kind: 'auto' } });
  expect(() => toPictureInput(request)).toThrow('invalid_input');
  expect(() => toVideoInput(request)).toThrow('invalid_input');
});
