import type { InputImage } from './provider.ts';

/** A picture inside the request, for providers that take an address. */
export function dataUri({ bytes, contentType }: InputImage): string {
  return `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`;
}
