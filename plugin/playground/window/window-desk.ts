import { effect, type Signal, signal } from '@preact/signals';
import type { PluginManifest } from '../../manifest/manifest.ts';
import type { PluginWindow, WindowEvents, WindowOptions } from '../api/services.ts';
import type { Point } from '../document/geometry.ts';
import type { Viewport } from '../document/viewport.ts';
import { contentSecurityPolicy } from './csp.ts';
import { connectFrame } from './frame-bridge.ts';
import { type FrameTheme, frameDocument } from './frame-document.ts';
import { type Theme, themeStyle } from './theme-tokens.ts';

/** A plugin's window on the page. */
export interface OpenWindow {
  readonly title: string;
  readonly frame: HTMLIFrameElement;
  readonly isVisible: Signal<boolean>;
  /** Screen px of the content. */
  readonly size: Signal<{ readonly width: number; readonly height: number }>;
  /** Page px of the window's corner. */
  readonly corner: Signal<Point>;
  readonly closeByPerson: () => void;
}

export interface DeskSeams {
  readonly page: Window;
  readonly viewport: Viewport;
  readonly shown: Signal<OpenWindow | null>;
  readonly theme: Signal<Theme>;
  readonly isFigJam: boolean;
  readonly mode: 'development' | 'published';
  /** The canvas's corner on the page, in page px. */
  readonly canvasCorner: () => Point;
  readonly onRefused: (reason: string) => void;
}

/** Flags of the real frame are not public; these are what plugins are known to need (assumption `sandbox-flags`). */
const SANDBOX = 'allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads';
const TITLE_BAR_PX = 40;
const RIGHT_PANEL_PX = 240;
const GAP_PX = 16;
const TOP_BAR_PX = 48;

/** Opens plugin windows over the canvas, one at a time. */
export function createWindowDesk(
  seams: DeskSeams,
): (manifest: PluginManifest, options: WindowOptions, events: WindowEvents) => PluginWindow {
  const { page, viewport } = seams;
  let lastCorner: Point | undefined;

  const frameTheme = (): FrameTheme => ({
    className: seams.theme.value === 'dark' && !seams.isFigJam ? 'figma-dark' : 'figma-light',
    style: themeStyle(seams.theme.value, seams.isFigJam),
  });
  const toPage = (point: Point): Point => {
    const [bounds, { zoom }, corner] = [viewport.bounds(), viewport.save(), seams.canvasCorner()];
    return { x: corner.x + (point.x - bounds.x) * zoom, y: corner.y + (point.y - bounds.y) * zoom };
  };
  const toCanvas = (point: Point): Point => {
    const corner = seams.canvasCorner();
    return viewport.toCanvas({ x: point.x - corner.x, y: point.y - corner.y });
  };
  const withinPage = (width: number, height: number): { width: number; height: number } => ({
    width: Math.min(width, page.innerWidth - 2 * GAP_PX),
    height: Math.min(height, page.innerHeight - TOP_BAR_PX - 2 * GAP_PX - TITLE_BAR_PX),
  });

  return (manifest, options, events) => {
    const frame = page.document.createElement('iframe');
    frame.title = manifest.name;
    frame.setAttribute('sandbox', SANDBOX);
    const policy = contentSecurityPolicy(manifest.networkAccess, seams.mode);
    frame.srcdoc = frameDocument(options.html, policy, options.themeColors ? frameTheme() : null);

    const size = signal(withinPage(options.width, options.height));
    const beside = {
      x: Math.max(GAP_PX, page.innerWidth - RIGHT_PANEL_PX - GAP_PX - size.value.width),
      y: TOP_BAR_PX + GAP_PX,
    };
    const corner = signal(options.position === undefined ? (lastCorner ?? beside) : toPage(options.position));
    const isVisible = signal(options.visible);
    const bridge = connectFrame({ frame, page, pluginId: manifest.id, onRefused: seams.onRefused }, events);
    const stops = [
      effect(() => {
        if (corner.value !== beside) lastCorner = corner.value;
      }),
      ...(options.themeColors ? [effect(() => bridge.setTheme(frameTheme()))] : []),
    ];
    const open: OpenWindow = {
      title: options.title,
      frame,
      isVisible,
      size,
      corner,
      closeByPerson: events.onClosedByPerson,
    };
    seams.shown.value = open;

    return {
      post: bridge.post,
      setVisible(visible) {
        isVisible.value = visible;
      },
      resize(width, height) {
        size.value = withinPage(width, height);
      },
      reposition(position) {
        corner.value = toPage(position);
      },
      position: () => ({ windowSpace: corner.value, canvasSpace: toCanvas(corner.value) }),
      toCanvas: (point) => toCanvas({ x: corner.value.x + point.x, y: corner.value.y + TITLE_BAR_PX + point.y }),
      close() {
        for (const stop of stops) stop();
        bridge.close();
        frame.remove();
        if (seams.shown.value === open) seams.shown.value = null;
      },
    };
  };
}
