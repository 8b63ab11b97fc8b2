import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import { MAX_SEED, type Settings } from '../../../shared/catalogue/settings.ts';
import { requestFor } from '../test-request.ts';
import { createBytePlus } from './adapter.ts';
import { PICTURE_MODELS, toFilmInput, toPictureInput } from './inputs.ts';

const size = { width: 2_048, height: 2_048 };
const reference = { bytes: new Uint8Array([1, 2, 3]), contentType: 'image/jpeg', ...size } as const;
const uri = 'data:image/jpeg;base64,AQID';

function pictureInput(path: string, changes: Partial<Settings> = {}, references = 0, index = 0) {
  const pictures = Array.from({ length: references }, () => reference);
  const settings = { size: { kind: 'pixels', ...size } as const, ...changes };
  return toPictureInput(requestFor({ provider: 'byteplus', path }, settings, { size, references: pictures }), index);
}

test('every BytePlus route of the catalogue is served, with the pictures that may go in', () => {
  const paths = builtInModels().flatMap(({ routes }) => routes.filter(({ provider }) => provider === 'byteplus'));
  expect(paths.length).toBeGreaterThanOrEqual(6);
  const byteplus = createBytePlus({ key: 'k' });
  for (const { path } of paths) expect(byteplus.serves(path), path).toEqual(['references']);
  expect(byteplus.serves('seedream-9')).toBeNull();
  expect(byteplus.serves('constructor')).toBeNull();
});

test('the seeds of a batch begin anew after the largest', () => {
  const seeds = [0, 1].map((index) => pictureInput('seedream-4-0-250828', { seed: MAX_SEED }, 0, index).seed);
  expect(seeds).toEqual([MAX_SEED, 0]);
});

test.each<[path: string, changes: Partial<Settings>, own: Record<string, unknown>]>([
  ['seedream-5-0-260128', { count: 3, seed: 7 }, { output_format: 'png' }],
  ['seedream-5-0-pro-260628', { seed: 7 }, { output_format: 'png' }],
  ['seedream-5-0-flash-260915', {}, { output_format: 'png' }],
  ['seedream-5-5-261028', {}, { output_format: 'png' }],
  ['seedream-4-5-251128', { seed: 7 }, {}],
  ['seedream-4-0-250828', { seed: 7 }, { seed: 7 }],
  ['seedream-4-0-250828', {}, {}],
])('%s is sent its own fields and no others', (path, changes, own) => {
  expect(pictureInput(path, changes)).toEqual({
    model: path,
    prompt: 'a fox',
    size: '2048x2048',
    response_format: 'b64_json',
    watermark: false,
    ...own,
  });
});

test('no model is told how many, nor asked for a series or a stream, and none may stamp its picture', () => {
  for (const path of PICTURE_MODELS) {
    const input = pictureInput(path, { count: 4 });
    expect(input.watermark).toBe(false);
    expect(Object.keys(input)).not.toEqual(expect.arrayContaining(['n']));
    expect(Object.keys(input).filter((field) => /sequential|stream|max_images/.test(field))).toEqual([]);
  }
});

test('one picture goes in as it is, several as a list, and each of a batch has a seed of its own', () => {
  expect(pictureInput('seedream-4-5-251128', {}, 1).image).toBe(uri);
  expect(pictureInput('seedream-4-5-251128', {}, 2).image).toEqual([uri, uri]);
  expect(pictureInput('seedream-4-0-250828', { seed: 7 }, 0, 2).seed).toBe(9);
});

test('nothing is sent without a size, which every model takes', () => {
  const request = requestFor({ provider: 'byteplus', path: 'seedream-4-5-251128' }, {}, { size: null });
  expect(() => toPictureInput(request, 0)).toThrow('invalid_input');
});

test('a video is told its ratio, resolution, length and sound, and what each picture is to it', () => {
  const film = (path: string, references: number, webhookUrl: string | null = null) =>
    toFilmInput(
      requestFor(
        { provider: 'byteplus', path },
        { size: { kind: 'ratio', ratio: '9:16', tier: '720p' }, duration: 5, audio: true, seed: 7 },
        { references: Array.from({ length: references }, () => reference), webhookUrl },
      ),
    );
  expect(film('dreamina-seedance-2-0-260128', 1)).toEqual({
    model: 'dreamina-seedance-2-0-260128',
    content: [
      { type: 'text', text: 'a fox' },
      { type: 'image_url', image_url: { url: uri }, role: 'first_frame' },
    ],
    ratio: '9:16',
    resolution: '720p',
    duration: 5,
    seed: 7,
    generate_audio: true,
    watermark: false,
  });
  const hook = 'https://broker.example/webhooks/byteplus/x';
  expect(film('dreamina-seedance-2-0-260128', 0, hook).callback_url).toBe(hook);
  const rolesOf = ({ content }: Record<string, unknown>) =>
    (content as { role?: string }[]).flatMap(({ role }) => role ?? []);
  expect(rolesOf(film('dreamina-seedance-2-0-260128', 2))).toEqual(['reference_image', 'reference_image']);
  expect(rolesOf(film('seedance-1-5-pro-251215', 2))).toEqual(['first_frame', 'last_frame']);
});
