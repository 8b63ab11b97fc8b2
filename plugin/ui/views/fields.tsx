import { durationsFor } from '../../../shared/catalogue/durations.ts';
import type { Receipt } from '../../../shared/receipt.ts';
import type { App } from '../app.ts';
import { ChoiceField } from './choice-field.tsx';
import { CountField } from './count-field.tsx';
import { ModelPicker } from './model-picker.tsx';
import { MaskField, PicturesField } from './pictures-field.tsx';
import { SeedField } from './seed-field.tsx';
import { SizeField } from './size-field.tsx';

/** The form's fields: only what the picked model understands. */
export function Fields({ app }: { readonly app: App }) {
  const model = app.catalogue.model.value;
  const { draft, settings, edit } = app.form;
  const chosen = settings.value;
  const receipt = app.canvas.receipt.value;
  if (!model || !chosen)
    return <p class="quiet">There are no models yet. Whoever runs Inkpot for you can turn them on.</p>;
  return (
    <>
      <ModelPicker app={app} />
      {model.prompt === 'none' && receipt && <ReceiptActions app={app} receipt={receipt} />}
      {model.prompt !== 'none' && (
        <div class="field">
          <div class="label">
            <label for="prompt">Prompt{model.prompt === 'optional' && <span class="quiet"> optional</span>}</label>
            {receipt && <ReceiptActions app={app} receipt={receipt} />}
          </div>
          <textarea
            id="prompt"
            rows={5}
            placeholder="A lighthouse in fog, risograph print, two colours"
            value={draft.value.prompt}
            onInput={(event) => edit({ prompt: event.currentTarget.value })}
          />
        </div>
      )}
      {model.negativePrompt && (
        <div class="field">
          <label for="negative-prompt">Negative prompt</label>
          <input
            id="negative-prompt"
            type="text"
            placeholder="What to leave out"
            value={draft.value.negativePrompt}
            onInput={(event) => edit({ negativePrompt: event.currentTarget.value })}
          />
        </div>
      )}
      {model.references.max > 0 && <PicturesField app={app} model={model} />}
      {model.mask !== 'none' && <MaskField app={app} model={model} />}
      <SizeField app={app} model={model} size={chosen.size} />
      <div class="columns">
        <ChoiceField
          legend="Enlarge"
          name="factor"
          choices={model.factors}
          chosen={chosen.factor}
          say={(factor) => `${factor}×`}
          onChoose={(factor) => edit({ factor })}
        />
        <ChoiceField
          legend="Length"
          name="duration"
          choices={durationsFor(model, chosen)}
          chosen={chosen.duration}
          say={(seconds) => `${seconds} s`}
          onChoose={(duration) => edit({ duration })}
        />
      </div>
      <ChoiceField
        legend="Quality"
        name="quality"
        choices={model.qualities}
        chosen={chosen.quality}
        onChoose={(quality) => edit({ quality })}
      />
      {model.audio === 'optional' && (
        <label class="check">
          <input
            type="checkbox"
            checked={draft.value.audio}
            onChange={(event) => edit({ audio: event.currentTarget.checked })}
          />
          With sound
        </label>
      )}
      {model.transparent && (
        <label class="check">
          <input
            type="checkbox"
            checked={draft.value.transparent}
            onChange={(event) => edit({ transparent: event.currentTarget.checked })}
          />
          Transparent background
        </label>
      )}
      <div class="columns">
        {model.maxCount > 1 && (
          <CountField count={chosen.count} most={model.maxCount} onChange={(count) => edit({ count })} />
        )}
        {model.seed && <SeedField seed={draft.value.seed} onChange={(seed) => edit({ seed })} />}
      </div>
    </>
  );
}

/** What can be done with the picture of the selected layer, whatever model is picked. */
function ReceiptActions({ app, receipt }: { readonly app: App; readonly receipt: Receipt }) {
  return (
    <span class="row">
      <button type="button" class="link" onClick={() => void app.save(receipt.generationId, receipt.index)}>
        Save original
      </button>
      <button type="button" class="link" onClick={() => app.reuse(receipt)}>
        Reuse from layer
      </button>
    </span>
  );
}
