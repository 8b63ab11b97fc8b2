import type { Area, Picture } from '../pictures/picture.ts';

/**
 * A mask as large as the picture that it belongs to: white where the shape lies over it on the canvas, black elsewhere.
 * A shape that is half transparent there is grey.
 */
export async function drawMask(
  shape: { readonly bytes: Uint8Array<ArrayBuffer>; readonly area: Area },
  { width, height, area }: Picture & { readonly area: Area },
): Promise<Uint8Array<ArrayBuffer>> {
  const drawn = await createImageBitmap(new Blob([shape.bytes]));
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser cannot draw');
  const [x, y] = [width / area.width, height / area.height];
  pen.drawImage(
    drawn,
    (shape.area.x - area.x) * x,
    (shape.area.y - area.y) * y,
    shape.area.width * x,
    shape.area.height * y,
  );
  drawn.close();
  pen.globalCompositeOperation = 'source-in';
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.globalCompositeOperation = 'destination-over';
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, width, height);
  const png = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await png.arrayBuffer());
}
