import type { JSX } from 'preact';
import { Canvas } from '../canvas/canvas.tsx';
import type { Editor } from '../document/editor.ts';
import { LayerList } from './layer-list.tsx';
import { PluginWindow } from './plugin-window.tsx';
import { Properties, type PropertiesProps } from './properties.tsx';
import type { PageState } from './state.ts';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';

export interface AppProps {
  readonly editor: Editor;
  readonly state: PageState;
  readonly assetUrl: (hash: string) => string | undefined;
  readonly relaunchButtons: PropertiesProps['relaunchButtons'];
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onReset: () => void;
}

/** The whole page: Figma's frame around one canvas. */
export function App(props: AppProps): JSX.Element {
  const { editor, state } = props;
  return (
    <>
      <TopBar editor={editor} state={state} onRun={props.onRun} onReset={props.onReset} />
      <LayerList editor={editor} state={state} />
      <main class="stage" data-opened-url={state.openedUrl.value ?? undefined}>
        <Canvas editor={editor} state={state} assetUrl={props.assetUrl} />
        <Toasts state={state} onStop={props.onStop} />
      </main>
      <Properties editor={editor} state={state} assetUrl={props.assetUrl} relaunchButtons={props.relaunchButtons} />
      {state.window.value !== null && <PluginWindow key={state.window.value.frame} open={state.window.value} />}
    </>
  );
}
