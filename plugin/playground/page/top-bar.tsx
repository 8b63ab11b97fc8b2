import type { JSX } from 'preact';
import type { Tool } from '../canvas/canvas-state.ts';
import { zoomIn, zoomOut } from '../canvas/keyboard.ts';
import type { Editor } from '../document/editor.ts';
import { FrameIcon, MoonIcon, MoveIcon, SunIcon } from './icons.tsx';
import type { PageState } from './state.ts';

export interface TopBarProps {
  readonly editor: Editor;
  readonly state: PageState;
  readonly onRun: () => void;
  readonly onReset: () => void;
}

/** The file's name, the tools, zoom, and what belongs to the playground rather than to Figma. */
export function TopBar({ editor, state, onRun, onReset }: TopBarProps): JSX.Element {
  state.revision.value;
  const isDark = state.theme.value === 'dark';
  return (
    <header class="top-bar">
      <div class="top-bar-left">
        <h1 class="file-name">Untitled</h1>
        <span class="tag">Playground</span>
      </div>
      <div class="tools" role="toolbar" aria-label="Tools">
        <ToolButton state={state} tool="move" label="Move tool" keys="V" icon={<MoveIcon />} />
        <ToolButton state={state} tool="frame" label="Frame tool" keys="F" icon={<FrameIcon />} />
      </div>
      <div class="top-bar-right">
        <a class="quiet-link" href="/dev/mail" target="_blank" rel="noopener">
          Development mail
        </a>
        <div class="zoom">
          <button type="button" class="icon-button" aria-label="Zoom out" onClick={() => zoomOut(editor)}>
            −
          </button>
          <output class="zoom-value" aria-label="Zoom">
            {Math.round(editor.viewport.save().zoom * 100)}%
          </output>
          <button type="button" class="icon-button" aria-label="Zoom in" onClick={() => zoomIn(editor)}>
            +
          </button>
        </div>
        <button
          type="button"
          class="icon-button"
          role="switch"
          aria-checked={isDark}
          aria-label="Dark theme"
          onClick={() => {
            state.theme.value = isDark ? 'light' : 'dark';
          }}
        >
          {isDark ? <MoonIcon /> : <SunIcon />}
        </button>
        <button type="button" class="button" onClick={onReset}>
          Reset document
        </button>
        <button type="button" class="button button-primary" onClick={onRun}>
          Run plugin
        </button>
      </div>
    </header>
  );
}

interface ToolButtonProps {
  readonly state: PageState;
  readonly tool: Tool;
  readonly label: string;
  readonly keys: string;
  readonly icon: JSX.Element;
}

function ToolButton({ state, tool, label, keys, icon }: ToolButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button tool"
      aria-label={label}
      aria-keyshortcuts={keys}
      aria-pressed={state.tool.value === tool}
      onClick={() => {
        state.tool.value = tool;
      }}
    >
      {icon}
    </button>
  );
}
