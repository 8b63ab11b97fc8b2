import { expect, test } from 'vitest';
import { builtInModels, findModel } from '../../shared/catalogue/catalogue.ts';
import type { Model, ProviderName } from '../../shared/catalogue/model.ts';
import type { Ability } from '../providers/provider.ts';
import { offerOf } from './offer.ts';
import { createRoster } from './roster.ts';

const models = builtInModels();
const TODAY = '2026-11-24';

function model(id: string, changes: Partial<Model> = {}): Model {
  const found = findModel(models, id);
  if (!found) throw new Error(`no model ${id}`);
  return { ...found, ...changes };
}

/** Providers that serve every path, or those that are named. */
function configured(abilities: readonly Ability[], ...names: (ProviderName | RegExp)[]) {
  const paths = names.filter((name) => name instanceof RegExp);
  const serves = (path: string) =>
    paths.length === 0 || paths.some((pattern) => pattern.test(path)) ? abilities : null;
  return new Map(names.filter((name) => typeof name === 'string').map((name) => [name, { serves }]));
}

test('a model has the price and the capability of its first configured route', () => {
  const direct = offerOf(model('nano-banana-pro'), configured([], 'google', 'fal'), TODAY);
  expect(direct?.price.rates.at(-1)).toEqual({ tier: '4K', usd: 0.24 });
  expect(direct?.seed).toBe(false);
  expect(direct?.routes.map(({ provider }) => provider)).toEqual(['google', 'fal']);
  const onFal = offerOf(model('nano-banana-pro'), configured([], 'fal'), TODAY);
  expect(onFal?.price.rates.at(-1)).toEqual({ tier: '4K', usd: 0.3 });
  expect(onFal?.seed).toBe(true);
  expect(onFal?.routes.map(({ provider }) => provider)).toEqual(['fal']);
});

test('a route whose path its adapter does not know does not count', () => {
  expect(offerOf(model('flux-2-pro'), configured([], 'fal', /nothing/), TODAY)).toBeNull();
  expect(offerOf(model('flux-2-pro'), configured([], 'fal', /flux-2-pro$/), TODAY)).not.toBeNull();
  const tiered = model('kling-o3');
  expect(offerOf(tiered, configured([], 'fal', /o3\/pro/), TODAY), 'one path of two').toBeNull();
  expect(offerOf(tiered, configured([], 'fal', /o3\/(pro|standard)\/text/), TODAY)).not.toBeNull();
});

test('what the adapter cannot do is not offered, whatever the model could', () => {
  const bare = offerOf(model('gpt-image-2-5-flare'), configured([], 'openai'), TODAY);
  expect(bare).toMatchObject({ references: { min: 0, max: 0 }, mask: 'none', transparent: false });
  const full = offerOf(
    model('gpt-image-2-5-flare'),
    configured(['references', 'mask', 'transparent'], 'openai'),
    TODAY,
  );
  expect(full).toMatchObject({ references: { max: 16 }, mask: 'optional', transparent: true });
});

test('a model that works on a picture is offered only where pictures can go in', () => {
  expect(offerOf(model('bria-rmbg-2'), configured([], 'fal'), TODAY)).toBeNull();
  expect(offerOf(model('bria-rmbg-2'), configured(['references'], 'fal'), TODAY)).not.toBeNull();
  expect(offerOf(model('flux-fill-pro'), configured(['references'], 'bfl'), TODAY)).toBeNull();
  expect(offerOf(model('flux-fill-pro'), configured(['references', 'mask'], 'bfl'), TODAY)).not.toBeNull();
});

test.each(['grok-imagine-video', 'clarity-upscaler', 'ideogram-v4'])(
  '%s has no ceiling, so it is not offered',
  (id) => {
    expect(offerOf(model(id), configured(['references', 'mask'], 'fal'), TODAY)).toBeNull();
  },
);

test('a model or a route is gone on the day on which it is shut down, and not a day before', () => {
  const openai = configured([], 'openai');
  expect(offerOf(model('gpt-image-1-5'), openai, '2026-11-30')).not.toBeNull();
  expect(offerOf(model('gpt-image-1-5'), openai, '2026-12-01')).toBeNull();
  const [google, fal] = model('nano-banana-pro').routes;
  if (!google || !fal) throw new Error('no routes');
  const closing = model('nano-banana-pro', { routes: [{ ...google, shutdown: '2026-12-24' }, fal] });
  const both = configured([], 'google', 'fal');
  expect(offerOf(closing, both, '2026-12-23')?.routes).toHaveLength(2);
  expect(offerOf(closing, both, '2026-12-24')?.price.rates.at(-1)).toEqual({ tier: '4K', usd: 0.3 });
});

test('a running broker follows the calendar', () => {
  const clock = { now: Date.parse('2026-11-30T23:59:59Z') };
  const roster = createRoster({ catalogue: models, providers: configured([], 'openai'), clock: () => clock.now });
  expect(roster.get('gpt-image-1-5')?.name).toBe('GPT Image 1.5');
  expect(roster.offered(), 'nothing has changed').toBe(roster.offered());
  clock.now += 1_000;
  expect(roster.get('gpt-image-1-5')).toBeUndefined();
  expect(roster.offered().map(({ id }) => id)).not.toContain('gpt-image-1-5');
});
