import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { OpenWindow } from '../window/window-desk.ts';
import { CloseIcon, PluginIcon } from './icons.tsx';

/** The floating window: a title bar to drag it by, a close button, the plugin's frame. */
export function PluginWindow({ open }: { readonly open: OpenWindow }): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  /** A frame that moves in the tree loads again, so it is put in once and left there. */
  useLayoutEffect(() => {
    body.current?.append(open.frame);
  }, [open]);
  const { width, height } = open.size.value;
  const { x, y } = open.corner.value;

  return (
    <section
      class="plugin-window"
      aria-label="Plugin window"
      hidden={!open.isVisible.value}
      style={{ left: `${x}px`, top: `${y}px`, width: `${width}px` }}
    >
      <header class="plugin-window-bar" onPointerDown={(event) => drag(event, open)}>
        <PluginIcon />
        <h2>{open.title}</h2>
        <button type="button" class="icon-button" aria-label="Close plugin" onClick={open.closeByPerson}>
          <CloseIcon />
        </button>
      </header>
      <div class="plugin-window-body" ref={body} style={{ height: `${height}px` }} />
    </section>
  );
}

function drag(down: PointerEvent, open: OpenWindow): void {
  const bar = down.currentTarget;
  if (!(bar instanceof HTMLElement) || (down.target instanceof Element && down.target.closest('button'))) return;
  bar.setPointerCapture(down.pointerId);
  const from = open.corner.value;
  const move = (event: PointerEvent): void => {
    open.corner.value = {
      x: from.x + event.clientX - down.clientX,
      y: Math.max(0, from.y + event.clientY - down.clientY),
    };
  };
  bar.addEventListener('pointermove', move);
  bar.addEventListener('lostpointercapture', () => bar.removeEventListener('pointermove', move), { once: true });
}
