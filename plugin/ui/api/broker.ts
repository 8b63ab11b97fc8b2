import { UploadedPicture } from '../../../shared/api/assets.ts';
import type { GenerationRequest } from '../../../shared/api/generations.ts';
import { GenerationAnswer, OutputLink } from '../../../shared/api/generations.ts';
import { ModelList } from '../../../shared/api/models.ts';
import { PoolList } from '../../../shared/api/pools.ts';
import type { QuoteRequest } from '../../../shared/api/quotes.ts';
import { Quote } from '../../../shared/api/quotes.ts';
import type { SentOrder } from '../generations/order.ts';
import type { Http } from './http.ts';

/** How long it may take to say how a generation stands, in ms: on a dead line this must be known soon. */
const LOOK_PATIENCE = 8_000;

/** The routes of the broker that the panel uses. All throw InkpotError and BrokerFault. */
export function createBroker(http: Http) {
  const generation = (id: string) => `/v1/generations/${encodeURIComponent(id)}`;
  return {
    models: () => http.json(ModelList, '/v1/models'),
    pools: () => http.json(PoolList, '/v1/pools'),
    quote: (request: QuoteRequest, signal?: AbortSignal) =>
      http.json(Quote, '/v1/quotes', { method: 'POST', body: request, signal }),
    /** The same key with the same request gives the same generation, however often it is sent. */
    generate: (request: GenerationRequest | SentOrder['request'], idempotencyKey: string) =>
      http.json(GenerationAnswer, '/v1/generations', { method: 'POST', body: request, idempotencyKey }),
    generation: (id: string, signal?: AbortSignal) =>
      http.json(GenerationAnswer, generation(id), { signal, patience: LOOK_PATIENCE }),
    cancel: (id: string) => http.json(GenerationAnswer, generation(id), { method: 'DELETE' }),
    output: (id: string, index: number) => http.bytes(`${generation(id)}/outputs/${index}`),
    /** A still picture of an output: a frame of a video. */
    poster: (id: string, index: number) => http.bytes(`${generation(id)}/outputs/${index}/poster`),
    /** An address under which a browser saves an output as it was made. */
    link: (id: string, index: number) =>
      http.json(OutputLink, `${generation(id)}/outputs/${index}/link`, { method: 'POST' }),
    /** Hands in a picture that can go into a generation. */
    addPicture: (bytes: Uint8Array<ArrayBuffer>) =>
      http.json(UploadedPicture, '/v1/assets', { method: 'POST', picture: bytes }),
    /** Server-sent events until the generation has ended, however long that takes. */
    events: (id: string, signal: AbortSignal) =>
      http.send(`${generation(id)}/events`, { accept: 'text/event-stream', signal, patience: null }),
  };
}
export type Broker = ReturnType<typeof createBroker>;
