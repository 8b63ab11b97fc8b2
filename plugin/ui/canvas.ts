import type { ToMain } from '../../shared/bridge/to-main.ts';
import type { ToUi } from '../../shared/bridge/to-ui.ts';
import type { Bridge } from './bridge.ts';

type Picture = Omit<Extract<ToMain, { type: 'place' }>, 'type'>;
/** Layers as pictures. Bytes that come out of a message are in a buffer of their own. */
type Exported = (Extract<ToUi, { type: 'exported' }>['pictures'][number] & { bytes: Uint8Array<ArrayBuffer> })[];
export type Landing = Pick<Extract<ToUi, { type: 'placed' }>, 'outcome' | 'message'>;

/** The document, as far as a generation touches it. */
export interface Canvas {
  /** Shows where the pictures will land, and keeps the order until it is confirmed. */
  reserve(reservation: Omit<Extract<ToMain, { type: 'reserve' }>, 'type'>): void;
  confirm(ticket: string, generationId: string): void;
  progress(ticket: string, label: string): void;
  /** The selected layers as pictures; empty when none of them can be seen. */
  exportSelection(): Promise<Exported>;
  /** Resolves when the picture has landed, or could not. */
  place(picture: Picture): Promise<Landing>;
  /** Forgets a ticket, and removes the placeholders that are still empty. */
  release(ticket: string): void;
}

export function createCanvas(bridge: Pick<Bridge, 'post' | 'on'>): Canvas {
  const landings = new Map<string, (landing: Landing) => void>();
  const key = (ticket: string, index: number) => `${ticket}:${index}`;

  bridge.on('placed', ({ ticket, index, outcome, message }) => {
    landings.get(key(ticket, index))?.({ outcome, message });
    landings.delete(key(ticket, index));
  });

  let exported: ((pictures: Exported) => void) | null = null;
  bridge.on('exported', ({ pictures }) => {
    exported?.(pictures as Exported);
    exported = null;
  });

  return {
    exportSelection: () =>
      new Promise((resolve) => {
        exported?.([]);
        exported = resolve;
        bridge.post({ type: 'draw-selection' });
      }),
    reserve: (reservation) => bridge.post({ type: 'reserve', ...reservation }),
    confirm: (ticket, generationId) => bridge.post({ type: 'confirm', ticket, generationId }),
    progress: (ticket, label) => bridge.post({ type: 'progress', ticket, label }),
    place: (picture) =>
      new Promise((resolve) => {
        landings.set(key(picture.ticket, picture.index), resolve);
        bridge.post({ type: 'place', ...picture });
      }),
    release: (ticket) => bridge.post({ type: 'release', ticket }),
  };
}
