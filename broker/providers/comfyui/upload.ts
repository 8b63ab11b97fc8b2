import { FormData } from 'undici';
import { type InputImage, ProviderFault } from '../provider.ts';
import { refusedQuestion } from '../refusal.ts';
import type { Call } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { Uploaded } from './wire.ts';

/** Where a picture is handed in, and how long that may take, in ms. */
interface Exchange {
  readonly call: Call;
  readonly base: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Hands a picture in among the files that ComfyUI throws away when it starts again.
 * @param name of the file: another picture of this name is replaced.
 * @returns what a node that loads pictures calls it.
 * @throws ProviderFault, after which certainly nothing was queued.
 */
export async function uploadPicture(
  picture: InputImage,
  name: string,
  { call, base, signal, timeoutMs }: Exchange,
): Promise<string> {
  const { bytes, contentType } = picture;
  const form = new FormData();
  form.append('type', 'temp');
  form.append('overwrite', 'true');
  const file = new Blob([new Uint8Array(bytes)], { type: contentType });
  form.append('image', file, `${name}.${contentType === 'image/png' ? 'png' : 'jpg'}`);
  try {
    const answer = await call('POST', `${base}/upload/image`, { signal, timeoutMs, form });
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    const uploaded = Uploaded.parse(answer.body);
    return `${uploaded.subfolder === '' ? '' : `${uploaded.subfolder}/`}${uploaded.name} [temp]`;
  } catch (error) {
    const { reason = 'provider_error', cause = error } = error instanceof ProviderFault ? error : {};
    throw new ProviderFault(reason, { cause, outcomeUnknown: false });
  }
}
