import type { CSSProperties, JSX } from 'preact';
import { selected } from '../canvas/editing.ts';
import { solidColor } from '../canvas/paint-style.ts';
import { arrange, moveBy, resizeTo } from '../document/arrange.ts';
import type { Editor } from '../document/editor.ts';
import type { Paint } from '../document/paints.ts';
import type { NodeRecord } from '../document/record.ts';
import { LayerIcon } from './icons.tsx';
import type { PageState } from './state.ts';

export interface PropertiesProps {
  readonly editor: Editor;
  readonly state: PageState;
  readonly assetUrl: (hash: string) => string | undefined;
  /** Buttons that plugins left on the layers, as `relaunchButtons` of the manifest allows. */
  readonly relaunchButtons: (records: readonly NodeRecord[]) => readonly RelaunchChoice[];
}

export interface RelaunchChoice {
  readonly command: string;
  readonly name: string;
  readonly description: string;
  readonly run: () => void;
}

/** What the right panel shows of the selection. */
export function Properties({ editor, state, assetUrl, relaunchButtons }: PropertiesProps): JSX.Element {
  state.revision.value;
  const records = selected(editor).map((id) => editor.store.read(id));
  const [record] = records;
  if (record === undefined) {
    return (
      <aside class="panel panel-right" aria-label="Properties">
        <h2 class="panel-title">Design</h2>
        <p class="panel-empty">Nothing is selected.</p>
      </aside>
    );
  }
  const choices = relaunchButtons(records);
  return (
    <aside class="panel panel-right" aria-label="Properties">
      <h2 class="panel-title panel-title-layer">
        <LayerIcon type={record.type} />
        <span class="layer-name">{records.length === 1 ? record.name : `${records.length} layers`}</span>
      </h2>
      {records.length === 1 && <Box editor={editor} record={record} />}
      {records.length === 1 && record.fills.length > 0 && <Fills fills={record.fills} assetUrl={assetUrl} />}
      {choices.length > 0 && (
        <section class="panel-section">
          <h3 class="panel-label">Plugin</h3>
          {choices.map((choice) => (
            <button key={choice.command} type="button" class="button button-wide" onClick={choice.run}>
              {choice.name}
              {choice.description !== '' && <span class="button-note">{choice.description}</span>}
            </button>
          ))}
        </section>
      )}
    </aside>
  );
}

function Box({ editor, record }: { readonly editor: Editor; readonly record: NodeRecord }): JSX.Element {
  const { store, history } = editor;
  const commit = (work: () => void): void => {
    work();
    arrange(store, record.id);
    history.commit();
  };
  return (
    <>
      <section class="panel-section">
        <h3 class="panel-label">Position</h3>
        <div class="fields">
          <NumberField
            label="X"
            value={record.x}
            onChange={(x) => commit(() => moveBy(store, record.id, x - record.x, 0))}
          />
          <NumberField
            label="Y"
            value={record.y}
            onChange={(y) => commit(() => moveBy(store, record.id, 0, y - record.y))}
          />
        </div>
      </section>
      <section class="panel-section">
        <h3 class="panel-label">Dimensions</h3>
        <div class="fields">
          <NumberField
            label="W"
            value={record.width}
            least={1}
            onChange={(width) => commit(() => resizeTo(store, record.id, width, record.height))}
          />
          <NumberField
            label="H"
            value={record.height}
            least={1}
            onChange={(height) => commit(() => resizeTo(store, record.id, record.width, height))}
          />
        </div>
      </section>
    </>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly least?: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ label, value, least, onChange }: NumberFieldProps): JSX.Element {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        type="number"
        value={String(Math.round(value * 100) / 100)}
        min={least}
        onChange={(event) => {
          const next = event.currentTarget.valueAsNumber;
          if (Number.isFinite(next) && next >= (least ?? Number.NEGATIVE_INFINITY)) onChange(next);
        }}
      />
    </label>
  );
}

interface FillsProps {
  readonly fills: readonly Paint[];
  readonly assetUrl: PropertiesProps['assetUrl'];
}

function Fills({ fills, assetUrl }: FillsProps): JSX.Element {
  return (
    <section class="panel-section">
      <h3 class="panel-label">Fill</h3>
      {fills.map((paint, index) => (
        <p key={index} class="fill-row">
          <span class="swatch" style={swatchStyle(paint, assetUrl)} />
          {fillName(paint)}
        </p>
      ))}
    </section>
  );
}

function swatchStyle(paint: Paint, assetUrl: PropertiesProps['assetUrl']): CSSProperties {
  if (paint.type === 'SOLID') return { background: solidColor(paint) };
  const url = paint.type === 'IMAGE' && paint.imageHash !== null ? assetUrl(paint.imageHash) : undefined;
  return url === undefined ? {} : { background: `url("${url}") center / cover` };
}

function fillName(paint: Paint): string {
  switch (paint.type) {
    case 'SOLID': {
      const { r, g, b } = paint.color;
      return [r, g, b]
        .map((part) =>
          Math.round(part * 255)
            .toString(16)
            .padStart(2, '0'),
        )
        .join('')
        .toUpperCase();
    }
    case 'IMAGE':
      return 'Image';
    case 'VIDEO':
      return 'Video';
    default:
      return 'Gradient';
  }
}
