import { expect, test } from 'vitest';
import { builtInModels } from '../../../shared/catalogue/catalogue.ts';
import { addressesOf, viewOf } from '../../../shared/catalogue/route-view.ts';
import { requestFor, unserved } from '../test-request.ts';
import { createFal } from './adapter.ts';
import { FAL_PATHS, toInput } from './inputs.ts';

const models = builtInModels();
const fal = createFal({ key: 'k' });

test('every fal route of the catalogue is served, with pictures and masks where it has them', () => {
  expect(unserved(models, fal)).toEqual([]);
});

test('whatever has its fields here is a fal route of the catalogue', () => {
  const paths = models.flatMap((model) =>
    model.routes
      .filter(({ provider }) => provider === 'fal')
      .flatMap((route) => {
        const all = [route.path, route.referencePath, route.maskPath].filter((path) => path !== undefined);
        return all.flatMap((path) => addressesOf(viewOf(model, route), path));
      }),
  );
  expect([...FAL_PATHS].sort()).toEqual([...new Set(paths)].sort());
});

test.each(['fal-ai/unknown', 'constructor', ''])('nothing is sent to %j, whose fields are not known', async (path) => {
  expect(fal.serves(path)).toBeNull();
  const request = requestFor({ provider: 'fal', path });
  await expect(toInput(request)).rejects.toMatchObject({ reason: 'model_gone', outcomeUnknown: false });
});
