import type { ComponentChildren } from 'preact';
import { UPLOAD_TYPES } from '../../../shared/api/assets.ts';
import type { PublicModel } from '../../../shared/catalogue/public-model.ts';
import type { App } from '../app.ts';
import type { Picture } from '../pictures/picture.ts';
import { CloseIcon } from './icons.tsx';

interface PicturesFieldProps {
  readonly app: App;
  readonly model: PublicModel;
}

/** The pictures that the model works on or goes by, shown before anything of them is sent. */
export function PicturesField({ app, model }: PicturesFieldProps) {
  const { given, notice, reading, addSelection, addFile } = app.pictures;
  const { min, max } = model.references;
  const shown = given.value.references.slice(0, max);
  const full = shown.length >= max;
  return (
    <fieldset class="field">
      <legend>
        {min > 0 && max === 1 ? 'Picture' : 'Reference pictures'}{' '}
        <span class="quiet">{max === 1 ? '' : `up to ${max}, `}sent when you generate</span>
      </legend>
      <Tiles app={app} pictures={shown} />
      {!full && (
        <Sources
          reading={reading.value}
          selectable={app.canvas.selection.value.count > 0}
          onSelection={() => void addSelection(max)}
          onFile={(file) => void addFile(file, max)}
        >
          Add selection
        </Sources>
      )}
      {notice.value && (
        <p class="wrong" role="alert">
          {notice.value}
        </p>
      )}
    </fieldset>
  );
}

/** Where the model is to paint: a layer that lies over the picture on the canvas, or a black and white file. */
export function MaskField({ app, model }: PicturesFieldProps) {
  const { given, reading, maskFromSelection, maskFromFile } = app.pictures;
  const { mask, references } = given.value;
  const selectable = references[0]?.area != null && app.canvas.selection.value.count === 1;
  return (
    <fieldset class="field">
      <legend>
        Mask{' '}
        <span class="quiet">
          {model.mask === 'optional' ? 'optional, ' : ''}
          {selectable || mask ? 'what is to be painted' : 'select a shape that lies over the picture'}
        </span>
      </legend>
      {mask ? (
        <Tiles app={app} pictures={[mask]} />
      ) : (
        <Sources
          reading={reading.value}
          selectable={selectable}
          onSelection={() => void maskFromSelection()}
          onFile={(file) => void maskFromFile(file)}
        >
          Use selection
        </Sources>
      )}
    </fieldset>
  );
}

interface SourcesProps {
  readonly reading: boolean;
  readonly selectable: boolean;
  readonly onSelection: () => void;
  readonly onFile: (file: File) => void;
  readonly children: ComponentChildren;
}

function Sources({ reading, selectable, onSelection, onFile, children }: SourcesProps) {
  return (
    <div class="row">
      <button type="button" disabled={!selectable} aria-busy={reading} onClick={onSelection}>
        {reading ? 'Adding…' : children}
      </button>
      <label class="file">
        Choose file
        <input
          type="file"
          class="unseen"
          accept={UPLOAD_TYPES.join()}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) onFile(file);
            // The same file can be chosen again after it was removed.
            currentTarget.value = '';
          }}
        />
      </label>
    </div>
  );
}

function Tiles({ app, pictures }: { readonly app: App; readonly pictures: readonly Picture[] }) {
  if (pictures.length === 0) return null;
  return (
    <ul class="tiles">
      {pictures.map(({ key, name, url, width, height }) => (
        <li key={key} title={`${name}, ${width} × ${height} px`}>
          <img src={url} alt={name} />
          <button type="button" class="icon" title={`Remove ${name}`} onClick={() => app.pictures.remove(key)}>
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}
