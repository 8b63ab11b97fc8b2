import { expect, test } from 'vitest';
import { checkSettings } from '../../shared/catalogue/capability.ts';
import { builtInModels, findModel } from '../../shared/catalogue/catalogue.ts';
import type { Model, ProviderName, Route } from '../../shared/catalogue/model.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { millicredits } from '../../shared/credits.ts';
import type { Ability } from '../providers/provider.ts';
import { offerOf } from './offer.ts';
import { pathsFor } from './paths-for.ts';
import { createRoster } from './roster.ts';

const models = builtInModels();
const TODAY = '2026-11-24';
const ALL_UP = { isUp: () => true, down: () => [] };

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
  expect(direct?.model.price.rates.at(-1)).toEqual({ tier: '4K', usd: 0.24 });
  expect(direct?.model.seed).toBe(false);
  expect(direct?.model.routes.map(({ provider }) => provider)).toEqual(['google', 'fal']);
  const onFal = offerOf(model('nano-banana-pro'), configured([], 'fal'), TODAY);
  expect(onFal?.model.price.rates.at(-1)).toEqual({ tier: '4K', usd: 0.3 });
  expect(onFal?.model.seed).toBe(true);
  expect(onFal?.model.routes.map(({ provider }) => provider)).toEqual(['fal']);
});

test('Veo at Google is 8 s long above 720p and with several pictures, and what it would refuse is refused before', () => {
  const picture = { assetId: 'a', width: 64, height: 64 };
  const film = (tier: string, duration: number, pictures = 0): Settings => ({
    prompt: 'a fox',
    count: 1,
    size: { kind: 'ratio', ratio: '16:9', tier },
    duration,
    references: Array.from({ length: pictures }, () => picture),
  });
  const faults = (id: string, seller: ProviderName, asked: Settings) => {
    const offer = offerOf(model(id), configured(['references'], seller), TODAY);
    return offer && checkSettings(offer.model, asked);
  };
  const eight = [{ path: 'duration', message: 'Choose 8.' }];
  expect(faults('veo-3-1', 'google', film('1080p', 4))).toEqual(eight);
  expect(faults('veo-3-1-fast', 'google', film('4k', 6))).toEqual(eight);
  expect(faults('veo-3-1-lite', 'google', film('1080p', 6))).toEqual(eight);
  expect(faults('veo-3-1', 'google', film('720p', 4, 2))).toEqual(eight);
  expect(faults('veo-3-1', 'google', film('1080p', 8, 3))).toEqual([]);
  expect(faults('veo-3-1', 'google', film('720p', 4, 1))).toEqual([]);
  expect(faults('veo-3-1', 'fal', film('1080p', 4))).toEqual([]);
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
  expect(bare?.model).toMatchObject({ references: { min: 0, max: 0 }, mask: 'none', transparent: false });
  const full = offerOf(
    model('gpt-image-2-5-flare'),
    configured(['references', 'mask', 'transparent'], 'openai'),
    TODAY,
  );
  expect(full?.model).toMatchObject({ references: { max: 16 }, mask: 'optional', transparent: true });
});

test('a model that works on a picture is offered only where pictures can go in', () => {
  expect(offerOf(model('bria-rmbg-2'), configured([], 'fal'), TODAY)).toBeNull();
  expect(offerOf(model('bria-rmbg-2'), configured(['references'], 'fal'), TODAY)).not.toBeNull();
  expect(offerOf(model('flux-fill-pro'), configured(['references'], 'bfl'), TODAY)).toBeNull();
  expect(offerOf(model('flux-fill-pro'), configured(['references', 'mask'], 'bfl'), TODAY)).not.toBeNull();
});

test.each([
  ['grok-imagine-video', 'durations'],
  ['clarity-upscaler', 'factors'],
  ['ideogram-v4', 'sizing'],
] as const)('%s without its %s has no ceiling, so it is not offered', (id, what) => {
  const on = configured(['references', 'mask'], 'fal');
  const routes = model(id).routes.map(({ can, ...route }) => ({ ...route, can: { ...can, [what]: undefined } }));
  expect(offerOf(model(id), on, TODAY)).not.toBeNull();
  expect(offerOf(model(id, { routes }), on, TODAY)).toBeNull();
});

test('a model or a route is gone on the day on which it is shut down, and not a day before', () => {
  const openai = configured([], 'openai');
  expect(offerOf(model('gpt-image-1-5'), openai, '2026-11-30')).not.toBeNull();
  expect(offerOf(model('gpt-image-1-5'), openai, '2026-12-01')).toBeNull();
  const [google, fal] = model('nano-banana-pro').routes;
  if (!google || !fal) throw new Error('no routes');
  const closing = model('nano-banana-pro', { routes: [{ ...google, shutdown: '2026-12-24' }, fal] });
  const both = configured([], 'google', 'fal');
  expect(offerOf(closing, both, '2026-12-23')?.model.routes).toHaveLength(2);
  expect(offerOf(closing, both, '2026-12-24')?.model.price.rates.at(-1)).toEqual({ tier: '4K', usd: 0.3 });
});

test('a running broker follows the calendar', () => {
  const clock = { now: Date.parse('2026-11-30T23:59:59Z') };
  const roster = createRoster({
    catalogue: models,
    providers: configured([], 'openai'),
    health: ALL_UP,
    clock: () => clock.now,
  });
  expect(roster.get('gpt-image-1-5')?.name).toBe('GPT Image 1.5');
  expect(roster.offered(), 'nothing has changed').toBe(roster.offered());
  clock.now += 1_000;
  expect(roster.get('gpt-image-1-5')).toBeUndefined();
  expect(roster.offered().map(({ id }) => id)).not.toContain('gpt-image-1-5');
});

test('while its first route is down, a model is offered by the next, with what counts there; down is better than nothing', () => {
  const down = new Set<string>();
  const health = { isUp: ({ provider }: Route) => !down.has(provider), down: () => [...down] };
  const clock = () => Date.parse(`${TODAY}T12:00:00Z`);
  const roster = createRoster({ catalogue: models, providers: configured([], 'google', 'fal'), health, clock });
  const price = () => roster.get('nano-banana-pro')?.price.rates.at(-1);
  expect(price()).toEqual({ tier: '4K', usd: 0.24 });
  down.add('google');
  expect(price()).toEqual({ tier: '4K', usd: 0.3 });
  expect(roster.offerOf('nano-banana-pro')?.isUp).toBe(true);
  down.add('fal');
  expect(price()).toEqual({ tier: '4K', usd: 0.24 });
  expect(roster.offerOf('nano-banana-pro')?.isUp).toBe(false);
  down.clear();
  expect(roster.offerOf('nano-banana-pro')?.isUp).toBe(true);
});

test('a generation may take every path that can do all of it for the signed price, those that are up first', () => {
  const down = new Set(['google']);
  const isUp = ({ provider }: Route) => !down.has(provider);
  const offer = () => offerOf(model('nano-banana-pro'), configured([], 'google', 'fal'), TODAY, isUp);
  const settings: Settings = { prompt: 'a', count: 1, size: { kind: 'ratio', ratio: '1:1', tier: '4K' } };
  const providersFor = (ceiling: number, asked = settings) => {
    const made = offer();
    if (!made) throw new Error('not offered');
    return pathsFor(made, asked, millicredits(ceiling), DEFAULT_TARIFF).map(({ route }) => route.provider);
  };
  expect(providersFor(7_500), 'the dearer one is within the price').toEqual(['fal', 'google']);
  expect(providersFor(6_000), 'only the one that is down is: the price must be asked for again').toEqual([]);
  down.clear();
  expect(providersFor(6_000)).toEqual(['google']);
  expect(providersFor(7_500)).toEqual(['google', 'fal']);
  expect(providersFor(7_500, { ...settings, seed: 3 }), 'only one of them takes a seed').toEqual(['fal']);
});
