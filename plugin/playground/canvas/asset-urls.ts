import type { Assets } from '../document/images.ts';

/** One blob URL per picture, however many layers show it. */
export function createAssetUrls(assets: Assets): (hash: string) => string | undefined {
  const urls = new Map<string, string>();
  return (hash) => {
    const known = urls.get(hash);
    if (known !== undefined) return known;
    const asset = assets.get(hash);
    if (asset === undefined) return undefined;
    const url = URL.createObjectURL(new Blob([asset.bytes], { type: asset.mime }));
    urls.set(hash, url);
    return url;
  };
}
