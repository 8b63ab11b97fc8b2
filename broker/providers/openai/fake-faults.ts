import sharp from 'sharp';
import type { FakeBody } from '../fake-body.ts';

/** An answer other than pictures. */
export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An error in the form that OpenAI gives it. */
export function fault(status: number, error: Readonly<Record<string, unknown>>): FakeAnswer {
  return { status, body: { error: { type: 'invalid_request_error', param: null, code: null, ...error } } };
}

function blocked(stage: 'input' | 'output', message: string): FakeAnswer {
  return fault(400, {
    type: 'image_generation_user_error',
    code: 'moderation_blocked',
    message,
    moderation_details: { moderation_stage: stage, categories: ['violence'] },
  });
}

const SAFETY = 'Your request was rejected by the safety system. safety_violations=[violence].';

/** How a request ends before a picture is made, by the magic word in its prompt. */
export const REFUSALS: readonly [word: string, answer: FakeAnswer][] = [
  ['__401__', fault(401, { code: 'invalid_api_key', message: 'Incorrect API key provided: sk-…' })],
  [
    '__402__',
    fault(429, { type: 'insufficient_quota', code: 'insufficient_quota', message: 'You exceeded your current quota.' }),
  ],
  [
    '__429__',
    fault(429, { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached for gpt-image-2.' }),
  ],
  ['__503__', fault(503, { type: 'server_error', message: 'The engine is currently overloaded.' })],
  ['__gone__', fault(404, { code: 'model_not_found', message: 'The model does not exist.' })],
  ['__moderate__', blocked('input', SAFETY)],
  [
    '__moderate_reference__',
    blocked('input', 'Your input image may contain content that is not allowed by our safety system.'),
  ],
  ['__nsfw_output__', blocked('output', SAFETY)],
  ['__invalid__', fault(400, { code: 'invalid_value', param: 'size', message: 'Invalid size.' })],
];

/** How work that was begun ends without a picture. */
export const FAILURES: readonly [word: string, answer: FakeAnswer][] = [
  ['__fail__', fault(500, { type: 'server_error', message: 'The server had an error while processing your request.' })],
  ['__downstream__', { status: 502, body: null }],
  ['__model_timeout__', { status: 504, body: null }],
];

const FIELDS = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'background',
  'output_format',
  'moderation',
  'user',
]);
const THREE = ['low', 'medium', 'high', 'auto'];
const FIXED_SIZES = ['1024x1024', '1536x1024', '1024x1536', 'auto'];

/** What OpenAI would not take of a request, as it says it; null when it takes all of it. */
export async function faultOf({ fields, files }: FakeBody): Promise<FakeAnswer | null> {
  const { model = '', prompt, n = 1, size = 'auto', quality = 'auto', background = 'auto' } = fields;
  const invalid = (param: string) =>
    fault(400, { code: 'invalid_value', param, message: `Invalid value: '${param}'.` });
  const stray = Object.keys(fields).find((field) => !FIELDS.has(field));
  if (stray) return fault(400, { code: 'unknown_parameter', param: stray, message: `Unknown parameter: '${stray}'.` });
  if (typeof prompt !== 'string' || prompt === '') return invalid('prompt');
  if (!/^gpt-image-(1\.5|2|2\.[56]-(flare|sunburst))$/.test(String(model))) {
    return fault(404, { code: 'model_not_found', message: `The model '${model}' does not exist.` });
  }
  if (!(Number(n) >= 1 && Number(n) <= 10)) return invalid('n');
  if (!takesSize(String(model), String(size))) return invalid('size');
  const isOld = model === 'gpt-image-1.5' || model === 'gpt-image-2';
  if (![...THREE, ...(isOld ? [] : ['xhigh', 'max'])].includes(String(quality))) return invalid('quality');
  if (background === 'transparent' && model === 'gpt-image-2') return invalid('background');
  return pictureFault(files);
}

/** openai-python, image_edit_params.py: sides divisible by 16, 1:3 to 3:1, within the model's pixels and edges. */
function takesSize(model: string, size: string): boolean {
  if (model === 'gpt-image-1.5' || size === 'auto') return FIXED_SIZES.includes(size);
  const [width = 0, height = 0] = size.split('x').map(Number);
  const ratio = width / height;
  const fits = width % 16 === 0 && height % 16 === 0 && ratio >= 1 / 3 && ratio <= 3;
  return fits && Math.max(width, height) <= 3_840 && width * height >= 655_360 && width * height <= 8_294_400;
}

/** Up to 16 pictures, and a mask with an alpha channel that is as large as the first. */
async function pictureFault(files: FakeBody['files']): Promise<FakeAnswer | null> {
  const invalid = (param: string, message: string) => fault(400, { code: 'invalid_image', param, message });
  const pictures = files.filter(({ field }) => field === 'image' || field === 'image[]');
  const mask = files.find(({ field }) => field === 'mask');
  if (pictures.length > 16) return invalid('image', 'Too many images.');
  if (pictures.some(({ contentType }) => !/^image\/(png|jpeg|webp)$/.test(contentType))) {
    return invalid('image', 'Unsupported mimetype.');
  }
  if (!mask) return null;
  const [first, alpha] = await Promise.all([sharp(pictures[0]?.bytes).metadata(), sharp(mask.bytes).metadata()]);
  if (alpha.format !== 'png' || !alpha.hasAlpha) return invalid('mask', 'The mask has no alpha channel.');
  const isSame = first.width === alpha.width && first.height === alpha.height;
  return isSame ? null : invalid('mask', 'The mask is not as large as the image.');
}
