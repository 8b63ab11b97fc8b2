import type { JSX } from 'preact';
import { select, selected, toggle } from '../canvas/editing.ts';
import type { Editor } from '../document/editor.ts';
import { type NodeRecord, ROOT_ID } from '../document/record.ts';
import { LayerIcon } from './icons.tsx';
import type { PageState } from './state.ts';

const INDENT_PX = 16;

/** Pages, and the layers of the current one, front to back as Figma lists them. */
export function LayerList({ editor, state }: { readonly editor: Editor; readonly state: PageState }): JSX.Element {
  state.revision.value;
  const { store } = editor;
  const currentId = editor.currentPageId();
  const pages = store.read(ROOT_ID).childIds.map((id) => store.read(id));
  return (
    <nav class="panel panel-left" aria-label="Pages and layers">
      <section>
        <h2 class="panel-title">Pages</h2>
        <ul class="layers">
          {pages.map((page) => (
            <li key={page.id}>
              <button
                type="button"
                class="layer"
                aria-current={page.id === currentId ? 'page' : undefined}
                onClick={() => editor.openPage(page.id)}
              >
                <LayerIcon type="PAGE" />
                <span class="layer-name">{page.name}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section class="panel-rest">
        <h2 class="panel-title">Layers</h2>
        {store.read(currentId).childIds.length === 0 && <p class="panel-empty">Draw a frame to begin.</p>}
        <Level editor={editor} ids={store.read(currentId).childIds} depth={0} />
      </section>
    </nav>
  );
}

interface LevelProps {
  readonly editor: Editor;
  readonly ids: readonly string[];
  readonly depth: number;
}

function Level({ editor, ids, depth }: LevelProps): JSX.Element | null {
  if (ids.length === 0) return null;
  return (
    <ul class="layers">
      {[...ids].reverse().map((id) => {
        const record = editor.store.read(id);
        return (
          <li key={id}>
            <button
              type="button"
              class={record.visible ? 'layer' : 'layer layer-hidden'}
              style={{ paddingLeft: `${8 + depth * INDENT_PX}px` }}
              aria-pressed={selected(editor).includes(id)}
              onClick={(event) => (event.shiftKey ? toggle(editor, id) : select(editor, [id]))}
            >
              <LayerIcon type={iconOf(record)} />
              <span class="layer-name">{record.name}</span>
            </button>
            <Level editor={editor} ids={record.childIds} depth={depth + 1} />
          </li>
        );
      })}
    </ul>
  );
}

function iconOf(record: NodeRecord): NodeRecord['type'] | 'IMAGE' {
  const isPicture = record.type === 'RECTANGLE' && record.fills.some((paint) => paint.type === 'IMAGE');
  return isPicture ? 'IMAGE' : record.type;
}
