import type { PublicModel } from '../../shared/catalogue/model.ts';

const facts = {
  kind: 'image',
  notice: null,
  transparent: false,
  negativePrompt: false,
  seed: true,
  qualities: [],
  maxCount: 4,
  licence: 'Commercial use allowed',
  watermark: 'none',
  priceSource: 'made up for tests',
  priceAsOf: '2026-11-01',
} as const;

const megapixels = {
  kind: 'pixels',
  minSide: 256,
  maxSide: 2048,
  minPixels: 65_536,
  maxPixels: 4_194_304,
  multipleOf: 16,
} as const;

/** One model for each way in which a model may be priced and sized. */
export const FAKE_MODELS: PublicModel[] = [
  {
    ...facts,
    id: 'sketch',
    name: 'Sketch',
    maker: 'Inkpot',
    strengths: ['offline', 'patterns', 'instant'],
    notice: 'Drawn by a program on the broker, not by AI.',
    price: { kind: 'flat', perImage: 0.004 },
    sizing: { ...megapixels, maxSide: 4096, maxPixels: 16_777_216, multipleOf: 1 },
    qualities: [],
  },
  {
    ...facts,
    id: 'lumen-2',
    name: 'Lumen 2',
    maker: 'Aurora Labs',
    strengths: ['photorealism', 'light'],
    price: { kind: 'megapixel', first: 0.03, extra: 0.015 },
    sizing: megapixels,
    negativePrompt: true,
    qualities: [],
  },
  {
    ...facts,
    id: 'glyph-pro',
    name: 'Glyph Pro',
    maker: 'Letterworks',
    strengths: ['text in image', 'posters'],
    price: { kind: 'quality', perImage: { draft: 0.03, standard: 0.06, premium: 0.09 } },
    sizing: megapixels,
    qualities: ['draft', 'standard', 'premium'],
    seed: false,
  },
  {
    ...facts,
    id: 'panorama-4',
    name: 'Panorama 4',
    maker: 'Aurora Labs',
    strengths: ['4K', 'prompt adherence'],
    notice: 'Carries an invisible SynthID watermark.',
    price: { kind: 'tier', perImage: { '1K': 0.067, '2K': 0.101, '4K': 0.151 } },
    sizing: {
      kind: 'ratio',
      ratios: ['1:1', '4:3', '3:4', '16:9', '9:16'],
      tiers: [
        { id: '1K', pixels: 1_048_576 },
        { id: '2K', pixels: 4_194_304 },
        { id: '4K', pixels: 16_777_216 },
      ],
    },
    qualities: [],
  },
];
