import type { PublicModel, Sizing } from '../../../shared/catalogue/public-model.ts';
import { MAX_SIDE, type Size } from '../../../shared/catalogue/settings.ts';
import { fitFrame, listedSizes } from '../../../shared/catalogue/size.ts';
import type { App } from '../app.ts';
import { pixelsOf } from '../state/draft-settings.ts';
import { ChevronIcon } from './icons.tsx';
import { NumberInput } from './number-input.tsx';

interface SizeFieldProps {
  readonly app: App;
  readonly model: PublicModel;
  readonly size: Size;
}

/** How large, in whatever way the model takes it. */
export function SizeField({ app, model, size }: SizeFieldProps) {
  const { sizing } = model;
  return (
    <>
      <div class="columns">
        {sizing.kind === 'pixels' && size.kind === 'pixels' && <PixelSize app={app} sizing={sizing} size={size} />}
        {sizing.kind === 'list' && size.kind === 'pixels' && <ListedSize app={app} sizing={sizing} size={size} />}
        {sizing.kind === 'ratio' && size.kind === 'ratio' && <RatioSize app={app} model={model} size={size} />}
        {sizing.kind === 'auto' && size.kind === 'auto' && <AutoSize app={app} sizing={sizing} size={size} />}
      </div>
      {sizing.kind !== 'auto' && <FitSelection app={app} />}
    </>
  );
}

/** About a megapixel each, as most models like it. In px. */
const PRESETS = [
  { name: 'Square', width: 1024, height: 1024 },
  { name: 'Landscape 4:3', width: 1152, height: 864 },
  { name: 'Portrait 3:4', width: 864, height: 1152 },
  { name: 'Photo 3:2', width: 1248, height: 832 },
  { name: 'Wide 16:9', width: 1344, height: 756 },
  { name: 'Tall 9:16', width: 756, height: 1344 },
];

interface PixelSizeProps {
  readonly app: App;
  readonly sizing: Extract<Sizing, { kind: 'pixels' }>;
  readonly size: Extract<Size, { kind: 'pixels' }>;
}

function PixelSize({ app, sizing, size }: PixelSizeProps) {
  const presets = PRESETS.map((preset) => ({ name: preset.name, size: fitFrame(sizing, preset, 1) }));
  const key = (one: Size) => (one.kind === 'pixels' ? `${one.width}×${one.height}` : '');
  const known = presets.some((preset) => key(preset.size) === key(size));
  const resize = (change: { width?: number; height?: number }) =>
    app.form.edit({ fit: null, size: { ...size, ...change } });
  const side = {
    min: sizing.minSide,
    max: Math.min(sizing.maxSide, MAX_SIDE),
    step: sizing.multipleOf,
  };
  return (
    <>
      <div class="field grow">
        <label for="preset">Size</label>
        <span class="select">
          <select
            id="preset"
            value={known ? key(size) : 'custom'}
            onChange={(event) => {
              const chosen = presets.find((preset) => key(preset.size) === event.currentTarget.value);
              if (chosen) app.form.edit({ fit: null, size: chosen.size });
            }}
          >
            {presets.map((preset) => (
              <option key={preset.name} value={key(preset.size)}>
                {preset.name}
              </option>
            ))}
            <option value="custom" hidden={known}>
              Custom
            </option>
          </select>
          <ChevronIcon />
        </span>
      </div>
      <div class="field side">
        <label for="width">Width</label>
        <NumberInput id="width" value={size.width} {...side} onCommit={(width) => resize({ width })} />
      </div>
      <div class="field side">
        <label for="height">Height</label>
        <NumberInput id="height" value={size.height} {...side} onCommit={(height) => resize({ height })} />
      </div>
    </>
  );
}

interface ListedSizeProps {
  readonly app: App;
  readonly sizing: Extract<Sizing, { kind: 'list' }>;
  readonly size: Extract<Size, { kind: 'pixels' }>;
}

/** One of the sizes that the model has, and no other. */
function ListedSize({ app, sizing, size }: ListedSizeProps) {
  const sizes = listedSizes(sizing);
  const chosen = sizes.findIndex(({ width, height }) => width === size.width && height === size.height);
  return (
    <div class="field grow">
      <label for="listed-size">Size</label>
      <span class="select">
        <select
          id="listed-size"
          value={chosen}
          onChange={(event) => {
            const next = sizes[Number(event.currentTarget.value)];
            if (next) app.form.edit({ fit: null, size: { kind: 'pixels', width: next.width, height: next.height } });
          }}
        >
          {sizes.map(({ width, height }, index) => (
            <option key={`${width}x${height}`} value={index}>
              {width} × {height}
            </option>
          ))}
        </select>
        <ChevronIcon />
      </span>
    </div>
  );
}

interface AutoSizeProps {
  readonly app: App;
  readonly sizing: Extract<Sizing, { kind: 'auto' }>;
  readonly size: Extract<Size, { kind: 'auto' }>;
}

/** The model decides on the shape; at most a resolution can be chosen. */
function AutoSize({ app, sizing, size }: AutoSizeProps) {
  return (
    <fieldset class="field grow">
      <legend>
        {sizing.tiers.length > 0 ? 'Resolution' : 'Size'} <span class="quiet">the model chooses the shape</span>
      </legend>
      <Tiers
        tiers={sizing.tiers}
        chosen={size.tier}
        onChoose={(tier) => app.form.edit({ fit: null, size: { kind: 'auto', tier } })}
      />
    </fieldset>
  );
}

interface TiersProps {
  readonly tiers: readonly string[];
  readonly chosen: string | undefined;
  readonly onChoose: (tier: string) => void;
}

function Tiers({ tiers, chosen, onChoose }: TiersProps) {
  if (tiers.length === 0) return null;
  return (
    <div class="segments">
      {tiers.map((tier) => (
        <label key={tier}>
          <input type="radio" name="tier" checked={chosen === tier} onChange={() => onChoose(tier)} />
          <span>{tier}</span>
        </label>
      ))}
    </div>
  );
}

interface RatioSizeProps {
  readonly app: App;
  readonly model: PublicModel;
  readonly size: Extract<Size, { kind: 'ratio' }>;
}

function RatioSize({ app, model, size }: RatioSizeProps) {
  const { sizing } = model;
  if (sizing.kind !== 'ratio') return null;
  const pixels = pixelsOf(model, { size });
  return (
    <>
      <div class="field grow">
        <label for="ratio">Aspect ratio</label>
        <span class="select">
          <select
            id="ratio"
            value={size.ratio}
            onChange={(event) => app.form.edit({ fit: null, size: { ...size, ratio: event.currentTarget.value } })}
          >
            {sizing.ratios.map((ratio) => (
              <option key={ratio}>{ratio}</option>
            ))}
          </select>
          <ChevronIcon />
        </span>
      </div>
      <fieldset class="field grow">
        <legend>
          Resolution{' '}
          <span class="quiet numeric">
            {pixels?.width} × {pixels?.height}
          </span>
        </legend>
        <Tiers
          tiers={sizing.tiers.map(({ id }) => id)}
          chosen={size.tier}
          onChoose={(tier) => app.form.edit({ fit: null, size: { ...size, tier } })}
        />
      </fieldset>
    </>
  );
}

const SCALES = [1, 2, 3] as const;

function FitSelection({ app }: { readonly app: App }) {
  const node = app.canvas.node.value;
  const { fit } = app.form.draft.value;
  return (
    <fieldset class="field inline" disabled={!node}>
      <legend>Fit selection</legend>
      <div class="segments">
        {SCALES.map((scale) => (
          <button
            key={scale}
            type="button"
            aria-label={`Fit selection ${scale}×`}
            aria-pressed={node !== null && fit === scale}
            onClick={() => app.form.edit({ fit: fit === scale ? null : scale })}
          >
            {scale}×
          </button>
        ))}
      </div>
      <span class="quiet ellipsis">{node ? node.name : 'Select a layer first'}</span>
    </fieldset>
  );
}
