import { storage } from './storage.ts';

/** In px. The narrowest is what the form needs without cutting a label. */
const DEFAULT = { width: 360, height: 640 };
const SMALLEST = { width: 320, height: 420 };
const LARGEST = { width: 800, height: 1200 };

/** Opens the panel at the size that it had last. */
export async function showPanel(): Promise<void> {
  const size = clamp((await storage.panelSize.read().catch(() => null)) ?? DEFAULT);
  figma.showUI(__html__, { ...size, themeColors: true, title: 'Inkpot' });
}

/** Resizes the panel, sides in px; `done` remembers the size. */
export async function resizePanel(width: number, height: number, done: boolean): Promise<void> {
  const size = clamp({ width, height });
  figma.ui.resize(size.width, size.height);
  if (done) await storage.panelSize.write(size);
}

function clamp({ width, height }: { width: number; height: number }) {
  const within = (value: number, least: number, most: number) => Math.round(Math.min(most, Math.max(least, value)));
  return {
    width: within(width, SMALLEST.width, LARGEST.width),
    height: within(height, SMALLEST.height, LARGEST.height),
  };
}
