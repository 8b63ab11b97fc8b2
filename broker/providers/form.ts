import { FormData } from 'undici';
import type { InputImage } from './provider.ts';

type Picture = Pick<InputImage, 'bytes' | 'contentType'>;

/**
 * A `multipart/form-data` body.
 * @param fields those without a value are left out.
 * @param pictures each under the name of its field, or several under one name, in their order.
 */
export function formOf(
  fields: Readonly<Record<string, string | number | undefined>>,
  pictures: Readonly<Record<string, Picture | readonly Picture[] | undefined>>,
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') form.append(name, String(value));
  }
  for (const [name, picture] of Object.entries(pictures)) {
    const list: readonly Picture[] = isList(picture) ? picture : picture ? [picture] : [];
    list.forEach(({ bytes, contentType }, index) => {
      const file = new Blob([new Uint8Array(bytes)], { type: contentType });
      const stem = isList(picture) ? index : name;
      form.append(name, file, `${stem}.${contentType === 'image/png' ? 'png' : 'jpg'}`);
    });
  }
  return form;
}

function isList(picture: Picture | readonly Picture[] | undefined): picture is readonly Picture[] {
  return Array.isArray(picture);
}
