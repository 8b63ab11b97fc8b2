import type { Asset } from '../document/images.ts';
import { type Live, live, type Members } from '../sandbox/live.ts';
import { asBytes, asString } from './checks.ts';
import type { PluginContext } from './context.ts';
import { requireAllowed } from './network.ts';

const image: Members<Asset> = {
  hash: { get: ({ hash }) => hash },
  getBytesAsync: { call: async ({ bytes }) => bytes },
  getSizeAsync: { call: async ({ width, height }) => ({ width, height }) },
};

const video: Members<Asset> = { hash: { get: ({ hash }) => hash } };

/** Pictures and videos by the hash of their bytes. */
export function mediaMembers(context: PluginContext): Members<unknown> {
  const { assets } = context.editor;
  const imageOf = (asset: Asset): Live => live('Image', image, asset);
  return {
    createImage: { call: (_self, bytes) => imageOf(assets.addImage(asBytes(bytes, 'data'))) },
    createImageAsync: {
      call: async (_self, src) => {
        const url = asString(src, 'src');
        requireAllowed(context, url);
        const response = await context.services.fetch({ url, method: 'GET', headers: {} });
        if (!response.ok) throw new Error(`Failed to fetch image from URL ${url}`);
        return imageOf(assets.addImage(response.body));
      },
    },
    getImageByHash: {
      call: (_self, hash) => {
        const asset = assets.get(asString(hash, 'hash'));
        return asset === undefined || asset.mime.startsWith('video/') ? null : imageOf(asset);
      },
    },
    createVideoAsync: {
      call: async (_self, bytes) => {
        const data = asBytes(bytes, 'data');
        if (context.plan === 'starter') {
          throw new Error('Video uploads are only available on Education, Professional and Organization plans');
        }
        return live('Video', video, assets.addVideo(data));
      },
    },
  };
}
