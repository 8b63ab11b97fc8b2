import type { App } from '../app.ts';
import { CountField } from './count-field.tsx';
import { ModelPicker } from './model-picker.tsx';
import { SeedField } from './seed-field.tsx';
import { SizeField } from './size-field.tsx';

/** The form's fields: only what the picked model understands. */
export function Fields({ app }: { readonly app: App }) {
  const model = app.catalogue.model.value;
  const { draft, settings, edit } = app.form;
  const receipt = app.canvas.receipt.value;
  if (!model || !settings.value) return <p class="quiet">This broker offers no models.</p>;
  return (
    <>
      <ModelPicker app={app} />
      <div class="field">
        <div class="label">
          <label for="prompt">Prompt</label>
          {receipt && (
            <button type="button" class="link" onClick={() => app.reuse(receipt)}>
              Reuse from layer
            </button>
          )}
        </div>
        <textarea
          id="prompt"
          rows={5}
          maxLength={4_000}
          placeholder="A lighthouse in fog, risograph print, two colours"
          value={draft.value.prompt}
          onInput={(event) => edit({ prompt: event.currentTarget.value })}
        />
      </div>
      {model.negativePrompt && (
        <div class="field">
          <label for="negative-prompt">Negative prompt</label>
          <input
            id="negative-prompt"
            type="text"
            maxLength={2_000}
            placeholder="What to leave out"
            value={draft.value.negativePrompt}
            onInput={(event) => edit({ negativePrompt: event.currentTarget.value })}
          />
        </div>
      )}
      <SizeField app={app} model={model} size={settings.value.size} />
      {model.qualities.length > 0 && (
        <fieldset class="field">
          <legend>Quality</legend>
          <div class="segments">
            {model.qualities.map((quality) => (
              <label key={quality}>
                <input
                  type="radio"
                  name="quality"
                  checked={settings.value?.quality === quality}
                  onChange={() => edit({ quality })}
                />
                <span>{quality}</span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
      <div class="columns">
        <CountField count={settings.value.count} most={model.maxCount} onChange={(count) => edit({ count })} />
        {model.seed && <SeedField seed={draft.value.seed} onChange={(seed) => edit({ seed })} />}
      </div>
    </>
  );
}
