import type { PluginManifest } from '../../manifest/manifest.ts';
import { readManifest } from '../../manifest/validate-manifest.ts';

export interface PluginFiles {
  readonly manifest: PluginManifest;
  readonly main: string;
  readonly html: string | Readonly<Record<string, string>> | undefined;
}

/**
 * Reads a plugin as Figma does on every run: the manifest, then the files it names, relative to it.
 *
 * @throws Error that names the file that is missing, or every fault of the manifest.
 */
export async function loadPlugin(manifestUrl: URL, fetchFile: typeof fetch): Promise<PluginFiles> {
  const text = async (url: URL): Promise<string> => {
    const response = await fetchFile(url, { cache: 'no-store' });
    if (!response.ok) throw new Error(`${url.pathname} could not be loaded (${response.status})`);
    return response.text();
  };
  const manifest = readManifest(JSON.parse(await text(manifestUrl)));
  const file = (path: string): Promise<string> => text(new URL(path, manifestUrl));
  const { ui } = manifest;
  if (ui === undefined || typeof ui === 'string') {
    return { manifest, main: await file(manifest.main), html: ui === undefined ? undefined : await file(ui) };
  }
  const entries = Object.entries(ui).map(async ([name, path]) => [name, await file(path)] as const);
  return { manifest, main: await file(manifest.main), html: Object.fromEntries(await Promise.all(entries)) };
}
