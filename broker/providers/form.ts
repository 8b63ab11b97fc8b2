import { FormData } from 'undici';
import type { InputImage } from './provider.ts';

/**
 * A `multipart/form-data` body.
 * @param fields those without a value are left out.
 * @param pictures each under the name of its field.
 */
export function formOf(
  fields: Readonly<Record<string, string | number | undefined>>,
  pictures: Readonly<Record<string, Pick<InputImage, 'bytes' | 'contentType'> | undefined>>,
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') form.append(name, String(value));
  }
  for (const [name, picture] of Object.entries(pictures)) {
    if (!picture) continue;
    const { bytes, contentType } = picture;
    const file = new Blob([new Uint8Array(bytes)], { type: contentType });
    form.append(name, file, `${name}.${contentType === 'image/png' ? 'png' : 'jpg'}`);
  }
  return form;
}
