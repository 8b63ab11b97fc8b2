import { createRequire } from 'node:module';

let known: boolean | undefined;

/** Whether this machine can encode and decode videos: its platform's package of native code is installed. */
export function canEncodeVideo(): boolean {
  known ??= isInstalled();
  return known;
}

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url)('@napi-rs/webcodecs');
    return true;
  } catch {
    return false;
  }
}
