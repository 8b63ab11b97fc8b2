import * as z from 'zod/mini';
import { createDocument } from 'zod-openapi';
import { UPLOAD_TYPES, UploadedPicture } from '../../shared/api/assets.ts';
import {
  Generation,
  GenerationAnswer,
  GenerationPage,
  GenerationRequest,
  OutputLink,
} from '../../shared/api/generations.ts';
import { ModelList } from '../../shared/api/models.ts';
import { EntryPage, Pool, PoolList } from '../../shared/api/pools.ts';
import { PriceList } from '../../shared/api/prices.ts';
import { Quote, QuoteRequest } from '../../shared/api/quotes.ts';
import { TransferAnswer, TransferRequest } from '../../shared/api/transfers.ts';
import { Problem } from '../../shared/errors.ts';

const json = (schema: z.core.$ZodType) => ({ 'application/json': { schema } });
const binary = (...types: readonly string[]) =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } as const }]));

const problem = {
  description: 'A problem (RFC 9457); switch on its `code`',
  content: { 'application/problem+json': { schema: Problem } },
};

const path = (...names: readonly string[]) => z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
const limit = (most: number) => z.optional(z.int().check(z.minimum(1), z.maximum(most)));
const idempotencyKey = z.object({ 'Idempotency-Key': z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)) });

/**
 * The API as an OpenAPI 3.1 document, made from the schemas that the routes parse with.
 * @param publicUrl where this broker is reached, without a trailing slash.
 */
export function openApiDocument(publicUrl: string): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.1',
    info: { title: 'Inkpot broker', version: '1', description: 'Credits, prices and pictures for Inkpot.' },
    servers: [{ url: publicUrl }],
    components: {
      schemas: {
        Problem,
        Pool,
        PoolList,
        EntryPage,
        ModelList,
        PriceList,
        Quote,
        QuoteRequest,
        Generation,
        GenerationAnswer,
      },
      securitySchemes: {
        token: { type: 'openIdConnect', openIdConnectUrl: `${publicUrl}/oauth/.well-known/openid-configuration` },
      },
    },
    security: [{ token: [] }],
    paths: {
      '/v1/models': {
        get: {
          operationId: 'listModels',
          summary: 'The models that can be picked now, and how prices become credits',
          security: [],
          responses: {
            200: { description: 'The models', content: json(ModelList) },
            304: { description: 'Unchanged' },
          },
        },
      },
      '/v1/prices': {
        get: {
          operationId: 'listPrices',
          summary: 'The public, dated price list of every model, offered here or not, with its changes',
          security: [],
          responses: { 200: { description: 'The price list', content: json(PriceList) } },
        },
      },
      '/v1/quotes': {
        post: {
          operationId: 'createQuote',
          summary: 'A signed ceiling price for exactly these settings, good for 10 minutes',
          requestBody: { content: json(QuoteRequest), required: true },
          responses: { 200: { description: 'The quote', content: json(Quote) }, default: problem },
        },
      },
      '/v1/assets': {
        post: {
          operationId: 'addPicture',
          summary: 'A picture that can go into a generation: the body is the picture itself',
          requestBody: { content: binary(...UPLOAD_TYPES), required: true },
          responses: {
            201: { description: 'Its name, and its size once it is upright', content: json(UploadedPicture) },
            default: problem,
          },
        },
      },
      '/v1/assets/{id}': {
        delete: {
          operationId: 'removePicture',
          summary: 'Forget a picture of yours; it answers the same when there is none',
          requestParams: { path: path('id') },
          responses: { 204: { description: 'It is not kept' }, default: problem },
        },
      },
      '/v1/generations': {
        post: {
          operationId: 'createGeneration',
          summary: 'Hold the quoted credits and start',
          requestParams: { header: idempotencyKey },
          requestBody: { content: json(GenerationRequest), required: true },
          responses: { 202: { description: 'Accepted', content: json(GenerationAnswer) }, default: problem },
        },
        get: {
          operationId: 'listGenerations',
          summary: 'A pool’s generations, newest first',
          requestParams: { query: z.object({ pool: z.string(), before: z.optional(z.string()), limit: limit(100) }) },
          responses: { 200: { description: 'A page', content: json(GenerationPage) }, default: problem },
        },
      },
      '/v1/generations/{id}': {
        get: {
          operationId: 'readGeneration',
          requestParams: { path: path('id') },
          responses: { 200: { description: 'The generation', content: json(GenerationAnswer) }, default: problem },
        },
        delete: {
          operationId: 'cancelGeneration',
          summary: 'Stop it as far as it can be stopped',
          requestParams: { path: path('id') },
          responses: { 200: { description: 'How it stands now', content: json(GenerationAnswer) }, default: problem },
        },
      },
      '/v1/generations/{id}/events': {
        get: {
          operationId: 'followGeneration',
          summary: 'Its state now and after each change, as server-sent events named `generation`',
          requestParams: { path: path('id') },
          responses: {
            200: { description: 'Events', content: { 'text/event-stream': { schema: GenerationAnswer } } },
            default: problem,
          },
        },
      },
      '/v1/generations/{id}/outputs': {
        delete: {
          operationId: 'deleteOutputs',
          summary: 'Delete the pictures and videos of a generation that has ended; what it cost stays',
          requestParams: { path: path('id') },
          responses: { 204: { description: 'They are gone' }, default: problem },
        },
      },
      '/v1/generations/{id}/outputs/{n}/link': {
        post: {
          operationId: 'linkOutput',
          summary: 'An address that needs no token, for a few minutes, to save the result as its provider made it',
          requestParams: { path: path('id', 'n') },
          responses: { 201: { description: 'The link', content: json(OutputLink) }, default: problem },
        },
      },
      '/v1/generations/links/{token}': {
        get: {
          operationId: 'followLink',
          security: [],
          requestParams: { path: path('token') },
          responses: {
            200: { description: 'The file', content: binary('image/*', 'video/mp4') },
            default: problem,
          },
        },
      },
      '/v1/generations/{id}/outputs/{n}': {
        get: {
          operationId: 'readOutput',
          summary: 'A picture or a video that Figma can read',
          requestParams: { path: path('id', 'n') },
          responses: {
            200: { description: 'The picture or video', content: binary('image/png', 'image/jpeg', 'video/mp4') },
            default: problem,
          },
        },
      },
      '/v1/generations/{id}/outputs/{n}/original': {
        get: {
          operationId: 'readOriginal',
          summary: 'A result as its provider made it, byte for byte: of a vector model, the SVG',
          requestParams: { path: path('id', 'n') },
          responses: {
            200: {
              description: 'The result',
              content: binary('image/png', 'image/jpeg', 'image/webp', 'image/svg+xml', 'video/mp4'),
            },
            default: problem,
          },
        },
      },
      '/v1/generations/{id}/outputs/{n}/poster': {
        get: {
          operationId: 'readPoster',
          summary: 'A still picture: a frame of a video, and of a picture itself',
          requestParams: { path: path('id', 'n') },
          responses: {
            200: { description: 'The still picture', content: binary('image/png', 'image/jpeg') },
            default: problem,
          },
        },
      },
      '/v1/generations/{id}/outputs/{n}/thumbnail': {
        get: {
          operationId: 'readThumbnail',
          requestParams: { path: path('id', 'n') },
          responses: {
            200: { description: 'A small picture', content: binary('image/png', 'image/jpeg') },
            default: problem,
          },
        },
      },
      '/v1/pools': {
        get: {
          operationId: 'listPools',
          responses: { 200: { description: 'Your pools', content: json(PoolList) }, default: problem },
        },
      },
      '/v1/pools/{id}': {
        get: {
          operationId: 'readPool',
          requestParams: { path: path('id') },
          responses: { 200: { description: 'The pool', content: json(Pool) }, default: problem },
        },
      },
      '/v1/pools/{id}/transfers': {
        post: {
          operationId: 'transferCredits',
          summary: 'Move credits of a pool that you own to another one that you are in',
          requestParams: { path: path('id'), header: idempotencyKey },
          requestBody: { content: json(TransferRequest), required: true },
          responses: {
            201: { description: 'They have arrived', content: json(TransferAnswer) },
            default: problem,
          },
        },
      },
      '/v1/pools/{id}/entries': {
        get: {
          operationId: 'listEntries',
          summary: 'The pool’s ledger, newest first',
          requestParams: { path: path('id'), query: z.object({ before: z.optional(z.int()), limit: limit(200) }) },
          responses: { 200: { description: 'A page', content: json(EntryPage) }, default: problem },
        },
      },
      '/v1/pools/{id}/statement': {
        get: {
          operationId: 'downloadStatement',
          summary: 'Every entry of the pool, oldest first, signed by the broker',
          requestParams: { path: path('id') },
          responses: {
            200: { description: 'A line of JSON each', content: binary('application/x-ndjson') },
            default: problem,
          },
        },
      },
    },
  });
}
