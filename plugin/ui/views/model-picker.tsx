import { useEffect, useRef, useState } from 'preact/hooks';
import type { ListedModel } from '../../../shared/api/models.ts';
import { formatCredits } from '../../../shared/credits.ts';
import type { App } from '../app.ts';
import { toSettings } from '../state/draft-settings.ts';
import { CheckIcon, ChevronIcon } from './icons.tsx';
import { sayDown, sayTrust } from './say-trust.ts';
import { searchModels } from './search-models.ts';

/** A searchable list of models: the combobox pattern of the ARIA Authoring Practices, with list autocompletion. */
export function ModelPicker({ app }: { readonly app: App }) {
  const { models, model } = app.catalogue;
  const picked = model.value;
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const found = open ? searchModels(models.value, query) : [];
  const activeId = found.some(({ id }) => id === active) ? active : (found[0]?.id ?? null);

  useEffect(() => {
    if (open && activeId)
      list.current?.querySelector(`#${CSS.escape(optionId(activeId))}`)?.scrollIntoView({ block: 'nearest' });
  }, [open, activeId]);

  function show(): void {
    setOpen(true);
    setQuery('');
    setActive(picked?.id ?? null);
  }

  function pick(id: string | null): void {
    if (id !== null) app.catalogue.pick(id);
    setOpen(false);
  }

  function move(step: number): void {
    const from = found.findIndex(({ id }) => id === activeId);
    const to = found[(from + step + found.length) % found.length];
    if (to) setActive(to.id);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    const keys: Record<string, () => void> = {
      ArrowDown: () => (open ? move(1) : show()),
      ArrowUp: () => (open ? move(-1) : show()),
      Enter: () => (open ? pick(activeId) : show()),
      Escape: () => setOpen(false),
    };
    const act = keys[event.key];
    if (!act || (event.key === 'Escape' && !open)) return;
    event.preventDefault();
    act();
  }

  return (
    <div class="field picker">
      <label for="model">Model</label>
      <div class="combobox">
        <input
          id="model"
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          aria-expanded={open}
          aria-controls="models"
          aria-autocomplete="list"
          aria-activedescendant={open && activeId ? optionId(activeId) : undefined}
          placeholder={open ? `Search ${models.value.length} models` : ''}
          value={open ? query : (picked?.name ?? '')}
          onClick={() => (open ? undefined : show())}
          onInput={(event) => {
            if (!open) show();
            setQuery(event.currentTarget.value);
            setActive(null);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        {!open && picked && <span class="maker quiet">{picked.maker}</span>}
        <ChevronIcon />
      </div>
      <div class="options" id="models" role="listbox" aria-label="Models" ref={list} hidden={!open}>
        {found.map((one) => (
          <Option
            key={one.id}
            app={app}
            model={one}
            active={one.id === activeId}
            picked={one.id === picked?.id}
            onPick={pick}
          />
        ))}
        {open && found.length === 0 && <p class="quiet">No model matches “{query}”.</p>}
      </div>
      <Missing app={app} />
      {picked?.vector && <p class="quiet note">Lands as a picture. “Save original” on its layer gives the SVG.</p>}
      {picked?.notice && <p class="quiet note">{picked.notice}</p>}
      {picked?.status === 'down' && <Down app={app} model={picked} />}
    </div>
  );
}

/** It can be asked for all the same; but who does not want to wait has the nearest model one click away. */
function Down({ app, model }: { readonly app: App; readonly model: ListedModel }) {
  const other = app.catalogue.models.value.find(({ id }) => id === model.instead);
  return (
    <p class="note notice" role="status">
      {model.name} is not delivering right now. What fails costs nothing.{' '}
      {other && (
        <button type="button" class="link" onClick={() => app.catalogue.pick(other.id)}>
          Use {other.name}
        </button>
      )}
    </p>
  );
}

/** What was asked for is gone. Nothing else takes its place by itself: the price would be another one. */
function Missing({ app }: { readonly app: App }) {
  const missing = app.catalogue.missing.value;
  if (!missing) return null;
  const { words, nearest } = missing;
  return (
    <p class="note notice">
      {words}{' '}
      {nearest && (
        <button type="button" class="link" onClick={() => app.catalogue.pick(nearest.id)}>
          Use {nearest.name}
        </button>
      )}
    </p>
  );
}

interface OptionProps {
  readonly app: App;
  readonly model: ListedModel;
  readonly active: boolean;
  readonly picked: boolean;
  readonly onPick: (id: string) => void;
}

function Option({ app, model, active, picked, onPick }: OptionProps) {
  const settings = toSettings(model, app.form.draft.value, app.canvas.node.value, app.pictures.given.value);
  const price = app.prices.priceOf(model, settings);
  const trust = sayTrust(model);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: in this pattern the focus stays in the text field
    // biome-ignore lint/a11y/useKeyWithClickEvents: the text field has the keys
    <div
      id={optionId(model.id)}
      class={active ? 'option active' : 'option'}
      role="option"
      aria-selected={picked}
      // The field must keep the focus, or it would close the list before the click arrives.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => onPick(model.id)}
    >
      <span class="tick">{picked && <CheckIcon />}</span>
      <span class="name">
        {model.name} <span class="quiet">{model.maker}</span>
      </span>
      <span class="price numeric">{price ? formatCredits(price.ceiling) : ''}</span>
      <span class="strengths quiet">
        {[...(model.kind === 'video' ? ['video'] : []), ...model.strengths].join(' · ')}
      </span>
      {trust && <span class="strengths quiet numeric">{trust}</span>}
      {model.status === 'down' && <span class="strengths notice">{sayDown(model, app.catalogue.models.value)}</span>}
      {model.notice && <span class="strengths notice">{model.notice}</span>}
    </div>
  );
}

function optionId(modelId: string): string {
  return `model-${modelId}`;
}
