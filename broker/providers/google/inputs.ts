import type { InputImage, ProviderRequest } from '../provider.ts';
import { notSent } from '../refusal.ts';

/** Models that draw, by `:generateContent`: a ratio and a resolution, pictures to go by, one picture per call. */
export const IMAGE_MODELS: readonly string[] = ['gemini-3-pro-image', 'gemini-nano-banana-2.1'];

/** Models that film, by `:predictLongRunning`. */
export const VIDEO_MODELS: readonly string[] = [
  'veo-3.1-generate-preview',
  'veo-3.1-fast-generate-preview',
  'veo-3.1-lite-generate-preview',
];

/** The body for one picture (ai.google.dev/gemini-api/docs/image-generation). */
export function toPictureInput({ route, settings, references }: ProviderRequest): Record<string, unknown> {
  const { prompt, size } = settings;
  if (size.kind !== 'ratio') throw notSent('invalid_input', `no ratio for ${route.path}`);
  return {
    contents: [
      { role: 'user', parts: [{ text: prompt }, ...references.map((image) => ({ inlineData: inlineOf(image) }))] },
    ],
    generationConfig: {
      responseModalities: ['IMAGE'],
      imageConfig: { aspectRatio: size.ratio, imageSize: size.tier },
    },
  };
}

/**
 * The body for one video (ai.google.dev/gemini-api/docs/video). One picture is the first frame; several are things and
 * people that the video shows. The seed, the sound and the frame rate are Vertex AI's alone.
 */
export function toVideoInput({ route, settings, references }: ProviderRequest): Record<string, unknown> {
  const { prompt, size, duration, negativePrompt } = settings;
  if (size.kind !== 'ratio') throw notSent('invalid_input', `no ratio for ${route.path}`);
  const [first, ...more] = references;
  const pictures =
    more.length > 0
      ? { referenceImages: references.map((image) => ({ image: frameOf(image), referenceType: 'asset' })) }
      : { image: first && frameOf(first) };
  return {
    instances: [{ prompt, ...pictures }],
    parameters: {
      aspectRatio: size.ratio,
      resolution: size.tier,
      durationSeconds: duration,
      ...(negativePrompt && { negativePrompt }),
    },
  };
}

function inlineOf({ bytes, contentType }: InputImage) {
  return { mimeType: contentType, data: Buffer.from(bytes).toString('base64') };
}

function frameOf({ bytes, contentType }: InputImage) {
  return { bytesBase64Encoded: Buffer.from(bytes).toString('base64'), mimeType: contentType };
}
