import { signal } from '@preact/signals';
import { MAX_UPLOAD_BYTES } from '../../../shared/api/assets.ts';
import type { Settings } from '../../../shared/catalogue/settings.ts';
import { InkpotError } from '../../../shared/errors.ts';
import type { Broker } from '../api/broker.ts';
import type { Canvas } from '../canvas.ts';
import { readImageHeader } from '../pixels/read-image-header.ts';
import { sayError } from '../state/say-error.ts';
import { type Area, type Given, NO_PICTURES, nameOf, type Picture } from './picture.ts';

export interface PicturesOptions {
  readonly broker: Pick<Broker, 'addPicture'>;
  readonly canvas: Pick<Canvas, 'exportSelection'>;
  readonly objectUrls: { create(bytes: Uint8Array<ArrayBuffer>): string; revoke(url: string): void };
  readonly pixels: Pixels;
  readonly randomId: () => string;
}

/** What only a browser can do with pixels. */
export interface Pixels {
  /** Upright sides in px. @throws Error when it is no picture. */
  measure(bytes: Uint8Array<ArrayBuffer>): Promise<{ width: number; height: number }>;
  /** See `draw-mask.ts`. */
  drawMask(
    shape: { bytes: Uint8Array<ArrayBuffer>; area: Area },
    on: Picture & { area: Area },
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** The pictures that the designer gives to the model. */
export function createPictures({ broker, canvas, objectUrls, pixels, randomId }: PicturesOptions) {
  const given = signal<Given>(NO_PICTURES);
  const notice = signal<string | null>(null);
  const reading = signal(false);

  async function read(name: string, bytes: Uint8Array<ArrayBuffer>, area: Area | null): Promise<Picture> {
    if (bytes.length > MAX_UPLOAD_BYTES) {
      throw new InkpotError('payload_too_large', { detail: `“${name}” is over 20 MB: take a smaller picture.` });
    }
    if (readImageHeader(bytes)?.format === 'gif') {
      throw new InkpotError('unreadable_picture', { detail: `“${name}” is a GIF: take a PNG, JPEG or WebP picture.` });
    }
    const size = await pixels.measure(bytes);
    return { key: randomId(), name, bytes, ...size, url: objectUrls.create(bytes), area, assetId: null };
  }

  function setMask(mask: Picture | null): void {
    if (given.value.mask) objectUrls.revoke(given.value.mask.url);
    given.value = { ...given.value, mask };
  }

  /** A mask belongs to the first picture, so it goes when that one changes. */
  function setReferences(references: readonly Picture[]): void {
    if (references[0]?.key !== given.value.references[0]?.key) setMask(null);
    given.value = { ...given.value, references };
  }

  async function trying(attempt: () => Promise<void>): Promise<void> {
    notice.value = null;
    try {
      await attempt();
    } catch (error) {
      notice.value = error instanceof InkpotError ? sayError(error) : 'This picture cannot be read.';
    }
  }

  /** Once at a time: Figma may take its time to draw a large selection, and a double click means one. */
  async function tryingSelection(attempt: () => Promise<void>): Promise<void> {
    if (reading.value) return;
    reading.value = true;
    await trying(attempt);
    reading.value = false;
  }

  /** Pictures of the canvas, as many as there is room for. */
  async function addSelection(most: number): Promise<void> {
    const exported = await canvas.exportSelection();
    if (exported.length === 0) notice.value = 'The selection has nothing that can be seen.';
    const room = exported.slice(0, most - given.value.references.length);
    const added = await Promise.all(room.map(({ name, bytes, ...area }) => read(name, bytes, area)));
    setReferences([...given.value.references, ...added]);
    if (room.length < exported.length) notice.value = `This model takes ${most}: the others were left out.`;
  }

  async function maskFromSelection(): Promise<void> {
    const [first] = given.value.references;
    const [shape] = await canvas.exportSelection();
    if (!shape) notice.value = 'The selection has nothing that can be seen.';
    if (!first?.area || !shape) return;
    const { name, bytes, ...area } = shape;
    const drawn = await pixels.drawMask({ bytes, area }, { ...first, area: first.area });
    setMask(await read(name, drawn, null));
  }

  async function send(picture: Picture): Promise<Picture> {
    if (picture.assetId !== null) return picture;
    return { ...picture, ...(await broker.addPicture(picture.bytes)) };
  }

  return {
    given,
    /** Why the last picture could not be added. */
    notice,
    /** Whether the selection is being drawn. */
    reading,
    addSelection: (most: number) => tryingSelection(() => addSelection(most)),
    addFile: (file: File, most: number) =>
      trying(async () => {
        const picture = await read(file.name, new Uint8Array(await file.arrayBuffer()), null);
        setReferences([...given.value.references, picture].slice(0, most));
      }),
    maskFromSelection: () => tryingSelection(maskFromSelection),
    maskFromFile: (file: File) =>
      trying(async () => setMask(await read(file.name, new Uint8Array(await file.arrayBuffer()), null))),
    remove(key: string): void {
      const { references, mask } = given.value;
      if (mask?.key === key) setMask(null);
      for (const { url } of references.filter((each) => each.key === key)) objectUrls.revoke(url);
      setReferences(references.filter((each) => each.key !== key));
    },
    /**
     * Sends those of these settings that have not been sent yet. What the designer adds or removes meanwhile stays so.
     * @returns the settings with each picture as the broker names it.
     * @throws InkpotError, BrokerFault
     */
    async send(settings: Settings): Promise<Settings> {
      const { references, mask } = given.value;
      const sent = new Map(
        await Promise.all(
          [...references, ...(mask ? [mask] : [])].map(
            async (each) => [nameOf(each).assetId, await send(each)] as const,
          ),
        ),
      );
      const named = (picture: Picture) => {
        const { assetId = picture.assetId } = sent.get(nameOf(picture).assetId) ?? {};
        return { ...picture, assetId };
      };
      const now = given.value;
      given.value = { references: now.references.map(named), mask: now.mask && named(now.mask) };
      const rename = (name: NonNullable<Settings['mask']>) => {
        const picture = sent.get(name.assetId);
        return picture ? nameOf(picture) : name;
      };
      return {
        ...settings,
        ...(settings.references && { references: settings.references.map(rename) }),
        ...(settings.mask && { mask: rename(settings.mask) }),
      };
    },
    /** The broker does not keep them any more: the next click sends them again. */
    forgetSent(): void {
      const unsent = (picture: Picture): Picture => ({ ...picture, assetId: null });
      const { references, mask } = given.value;
      given.value = { references: references.map(unsent), mask: mask && unsent(mask) };
    },
  };
}
export type Pictures = ReturnType<typeof createPictures>;
