import type { Settings } from '../../../shared/catalogue/settings.ts';

/** A place on the page, in px. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture that goes in. It stays in the panel until it is needed: nothing is sent before Generate. */
export interface Picture {
  /** Its own in this run. */
  readonly key: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** In px. */
  readonly width: number;
  readonly height: number;
  /** An object URL of it. */
  readonly url: string;
  /** Where it is on the canvas; null for a file. */
  readonly area: Area | null;
  /** The broker's name for it, once it has been sent. */
  readonly assetId: string | null;
}

/** The pictures that go in. */
export interface Given {
  readonly references: readonly Picture[];
  readonly mask: Picture | null;
}

export const NO_PICTURES: Given = { references: [], mask: null };

/** What stands for a picture in the settings while it has not been sent: good for an estimate, and for nothing else. */
const UNSENT = 'unsent:';

/** A picture as settings name it. */
export function nameOf({ assetId, key, width, height }: Picture): NonNullable<Settings['mask']> {
  return { assetId: assetId ?? UNSENT + key, width, height };
}

/** Whether every picture that settings name has been sent. */
export function isSent({ references = [], mask }: Settings): boolean {
  return [...references, ...(mask ? [mask] : [])].every(({ assetId }) => !assetId.startsWith(UNSENT));
}
