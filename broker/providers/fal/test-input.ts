import { builtInModels, findModel } from '../../../shared/catalogue/catalogue.ts';
import { routeFor, viewOf } from '../../../shared/catalogue/route-view.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { outputSize } from '../../../shared/catalogue/size.ts';
import type { InputImage, ProviderRequest } from '../provider.ts';
import { requestFor } from '../test-request.ts';
import { toInput } from './inputs.ts';

const models = builtInModels();

/** What goes in beside the settings. */
export interface GoingIn {
  readonly references?: readonly InputImage[];
  readonly mask?: InputImage;
}

/** The request for a model on its fal route, with the first of its sizes where the settings name none. */
export function falRequest(id: string, changes: Partial<Settings>, goingIn: GoingIn = {}): ProviderRequest {
  const model = findModel(models, id);
  const route = model?.routes.find(({ provider }) => provider === 'fal');
  if (!model || !route) throw new Error(`fal has no model ${id}`);
  const view = viewOf(model, route);
  const { references = [], mask = null } = goingIn;
  const settings: Settings = {
    prompt: 'a fox',
    count: 1,
    size: firstSize(view),
    ...(references.length > 0 && { references: references.map(upload) }),
    ...(mask && { mask: upload(mask) }),
    ...changes,
  };
  const size = outputSize(view, settings);
  return requestFor(routeFor(view, route, settings), settings, { size, references, mask });
}

/** Where a request goes and what it says there. */
export async function sent(id: string, changes: Partial<Settings>, goingIn: GoingIn = {}) {
  const request = falRequest(id, changes, goingIn);
  return { path: request.route.path, input: await toInput(request) };
}

const upload = ({ width, height }: InputImage) => ({ assetId: 'a', width, height });

function firstSize({ sizing }: ReturnType<typeof viewOf>): Settings['size'] {
  switch (sizing.kind) {
    case 'pixels':
    case 'list':
      return { kind: 'pixels', width: 1_024, height: 1_024 };
    case 'ratio':
      return { kind: 'ratio', ratio: sizing.ratios[0] ?? '', tier: sizing.tiers[0]?.id ?? '' };
    case 'auto':
      return { kind: 'auto', tier: sizing.tiers[0] };
    default:
      return sizing satisfies never;
  }
}
