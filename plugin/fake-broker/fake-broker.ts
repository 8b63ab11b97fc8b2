import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import type { UploadedPicture } from '../../shared/api/assets.ts';
import type { Generation, GenerationAnswer, OutputLink } from '../../shared/api/generations.ts';
import { GenerationRequest, isFinal } from '../../shared/api/generations.ts';
import type { ModelList } from '../../shared/api/models.ts';
import type { Balance, PoolList } from '../../shared/api/pools.ts';
import { type Quote, QuoteRequest } from '../../shared/api/quotes.ts';
import { estimatePrice } from '../../shared/catalogue/estimate.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import { outputSize } from '../../shared/catalogue/size.ts';
import { DEFAULT_TARIFF } from '../../shared/catalogue/tariff.ts';
import { credits, type Millicredits, millicredits } from '../../shared/credits.ts';
import { ERRORS, InkpotError, toProblem } from '../../shared/errors.ts';
import { drawOutput } from './draw-output.ts';
import { CORS, type Incoming, json, read } from './http.ts';
import { FAKE_MODELS } from './models.ts';
import { createFakeSignIn, type SignInKnobs } from './sign-in.ts';

/** What a test may turn, at any time. */
export interface Knobs extends SignInKnobs {
  available: Millicredits;
  held: Millicredits;
  /** Added to every quote, as a price rise between the estimate and the signature. */
  priceRise: Millicredits;
  /** Answered instead of the next requests of a path, one each: a refusal, or a connection cut without an answer. */
  faults: { readonly path: RegExp; readonly fault: InkpotError | 'cut' | 'cut-after' }[];
  /** Whether an event stream ends after its first event. */
  stream: 'follow' | 'short';
  /** How fast pictures are drawn: at once, or step by step by the test. */
  pace: 'at-once' | 'by-hand';
}

export interface FakeBroker {
  readonly url: string;
  readonly knobs: Knobs;
  /** Every request, as `POST /v1/quotes`. */
  readonly requests: { readonly line: string; readonly key: string | undefined; readonly body: string }[];
  readonly generations: Map<string, Generation>;
  /** The names of the pictures that were handed in and are kept. */
  readonly pictures: Set<string>;
  /** The refresh tokens that work. */
  readonly refreshTokens: Set<string>;
  /** Changes a generation, and tells those who follow it. */
  change(id: string, change: Partial<Generation>): void;
  /** Ends a generation with its pictures. */
  succeed(id: string): void;
  /** Cuts every line and lets no request through, until it is no more away. */
  setAway(isAway: boolean): void;
  close(): Promise<void>;
}

const POOL = 'pool_1';

/**
 * A broker on a real port that speaks the shared contract and oidc-provider's shapes, with everything else made up.
 * @param serve answers what is none of the API's, for instance a page's files.
 */
export async function startFakeBroker(
  serve: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) => void res.writeHead(404).end(),
): Promise<FakeBroker> {
  const knobs: Knobs = {
    available: credits(200),
    held: millicredits(0),
    device: 'authorization_pending',
    deviceExpiresIn: 600,
    deviceInterval: 5,
    priceRise: millicredits(0),
    faults: [],
    stream: 'follow',
    pace: 'at-once',
  };
  const requests: FakeBroker['requests'] = [];
  const generations: FakeBroker['generations'] = new Map();
  const byKey = new Map<string, { readonly id: string; readonly body: string }>();
  const pictures: FakeBroker['pictures'] = new Set();
  const followers = new Set<() => void>();
  let serial = 0;
  let away = false;

  const next = (prefix: string) => {
    serial += 1;
    return `${prefix}_${serial}`;
  };

  const signIn = createFakeSignIn(knobs, next);

  const balance = (): Balance => ({
    available: knobs.available,
    paid: knobs.available,
    gift: millicredits(0),
    held: knobs.held,
  });

  async function api(req: Incoming, res: ServerResponse): Promise<unknown> {
    if (!/^Bearer .+/.test(req.authorization)) throw new InkpotError('unauthenticated');
    const [, , resource, id, part] = req.path.split('/');
    if (req.line === 'GET /v1/models') {
      const list: ModelList = { models: FAKE_MODELS, tariff: DEFAULT_TARIFF };
      return json(res, 200, list);
    }
    if (req.line === 'GET /v1/pools') {
      const pool = { id: POOL, name: 'Ada’s credits', status: 'active', role: 'owner', balance: balance() } as const;
      const list: PoolList = { pools: [pool] };
      return json(res, 200, list);
    }
    if (req.line === 'POST /v1/quotes') return json(res, 200, quote(QuoteRequest.parse(JSON.parse(req.body))));
    if (req.line === 'POST /v1/assets') return json(res, 201, await addPicture(req.bytes));
    if (req.line === 'POST /v1/generations') return json(res, 202, generate(req));
    const generation = resource === 'generations' ? generations.get(id ?? '') : undefined;
    if (!generation) throw new InkpotError('not_found');
    if (part === 'events') return follow(generation.id, res);
    if (req.path.endsWith('/link')) {
      const link: OutputLink = {
        url: `${url}/v1/generations/links/${id}`,
        expiresAt: new Date(Date.now()).toISOString(),
      };
      return json(res, 201, link);
    }
    if (part === 'outputs') return serveOutput(generation, req.path, res);
    if (req.line.startsWith('DELETE') && !isFinal(generation.state)) {
      release(generation);
      change(generation.id, {
        state: 'cancelled',
        charged: millicredits(0),
        failure: { reason: 'cancelled', message: 'Cancelled. Nothing was charged.' },
      });
    }
    return json(res, 200, answer(generation.id));
  }

  function quote({ modelId, settings }: QuoteRequest): Quote {
    const model = FAKE_MODELS.find((candidate) => candidate.id === modelId);
    if (!model) throw new InkpotError('model_unavailable');
    requirePictures(settings);
    const { ceiling, lines } = estimatePrice(model, settings, DEFAULT_TARIFF);
    const risen = millicredits(ceiling + knobs.priceRise);
    return {
      token: JSON.stringify({ modelId, ceiling: risen }),
      ceiling: risen,
      lines: [...lines],
      expiresAt: new Date(Date.now() + 600_000).toISOString(),
      balance: balance(),
    };
  }

  function generate(req: Incoming): GenerationAnswer {
    if (!req.key) throw new InkpotError('idempotency_key_missing');
    const known = byKey.get(req.key);
    if (known) {
      if (known.body !== req.body) throw new InkpotError('idempotency_key_reused');
      return answer(known.id);
    }
    const request = GenerationRequest.parse(JSON.parse(req.body));
    const { modelId, ceiling } = JSON.parse(request.quote) as { modelId: string; ceiling: Millicredits };
    if (knobs.available < ceiling) throw new InkpotError('insufficient_credits');
    knobs.available = millicredits(knobs.available - ceiling);
    knobs.held = millicredits(knobs.held + ceiling);
    const id = next('gen');
    const time = new Date().toISOString();
    byKey.set(req.key, { id, body: req.body });
    generations.set(id, {
      id,
      poolId: POOL,
      modelId,
      modelName: FAKE_MODELS.find((model) => model.id === modelId)?.name ?? modelId,
      licence: 'Commercial use allowed',
      state: 'queued',
      settings: request.settings,
      documentId: request.documentId ?? null,
      author: { id: 'acc_1', name: 'Ada' },
      ceiling,
      charged: null,
      progress: null,
      outputs: [],
      failure: null,
      createdAt: time,
      updatedAt: time,
    });
    if (knobs.pace === 'at-once') setTimeout(() => succeed(id), 50);
    return answer(id);
  }

  function answer(id: string): GenerationAnswer {
    const generation = generations.get(id);
    if (!generation) throw new InkpotError('not_found');
    return { generation, balance: balance() };
  }

  function follow(id: string, res: ServerResponse): void {
    res.writeHead(200, { ...CORS, 'Content-Type': 'text/event-stream' });
    const tell = () => {
      const told = answer(id);
      res.write(`event: generation\ndata: ${JSON.stringify(told)}\n\n`);
      if (isFinal(told.generation.state)) res.end();
    };
    followers.add(tell);
    res.on('close', () => followers.delete(tell));
    tell();
    if (knobs.stream === 'short') res.end();
  }

  async function serveOutput(generation: Generation, path: string, res: ServerResponse): Promise<void> {
    const [index, part] = path.split('/').slice(5);
    const output = generation.outputs[Number(index)];
    if (!output) throw new InkpotError('not_ready');
    const { contentType, bytes } = await drawOutput(output, part);
    res.writeHead(200, { ...CORS, 'Content-Type': contentType }).end(bytes);
  }

  async function addPicture(bytes: Buffer): Promise<UploadedPicture> {
    const { width, height } = await sharp(bytes).metadata();
    const assetId = next('asset');
    pictures.add(assetId);
    return { assetId, width, height };
  }

  function requirePictures({ references = [], mask }: Settings): void {
    const given = mask ? [...references, mask] : references;
    if (!given.every(({ assetId }) => pictures.has(assetId))) throw new InkpotError('unknown_picture');
  }

  function change(id: string, change: Partial<Generation>): void {
    const generation = generations.get(id);
    if (!generation) throw new Error(`there is no generation ${id}`);
    generations.set(id, { ...generation, ...change, updatedAt: new Date().toISOString() });
    for (const tell of [...followers]) tell();
  }

  function release({ ceiling }: Generation): void {
    knobs.available = millicredits(knobs.available + ceiling);
    knobs.held = millicredits(knobs.held - ceiling);
  }

  function succeed(id: string): void {
    const { generation } = answer(id);
    if (isFinal(generation.state)) return;
    const model = FAKE_MODELS.find((candidate) => candidate.id === generation.modelId);
    if (!model) throw new Error(`there is no model ${generation.modelId}`);
    const { settings } = generation;
    knobs.held = millicredits(knobs.held - generation.ceiling);
    const outputs = Array.from({ length: settings.count }, (_, index) => ({
      index,
      ...(outputSize(model, settings) ?? { width: 1024, height: 1024 }),
      kind: model.kind === 'video' ? ('video' as const) : ('image' as const),
      seconds: settings.duration ?? null,
      contentType: model.kind === 'video' ? ('video/mp4' as const) : ('image/png' as const),
      bytes: 1,
      seed: (settings.seed ?? 7) + index,
    }));
    change(id, { state: 'succeeded', charged: generation.ceiling, progress: null, outputs });
  }

  const server = createServer(async (raw, res) => {
    const req = await read(raw);
    if (req.line.startsWith('OPTIONS')) return void res.writeHead(204, CORS).end();
    const ours = /^\/(oauth|v1)\//.test(req.path);
    if (!ours) return serve(raw, res);
    if (away) return void raw.socket.destroy();
    requests.push({ line: req.line, key: req.key, body: req.body });
    const at = knobs.faults.findIndex(({ path }) => path.test(req.line));
    const [found] = at === -1 ? [] : knobs.faults.splice(at, 1);
    try {
      if (found?.fault === 'cut') return void raw.socket.destroy();
      if (found?.fault instanceof InkpotError) throw found.fault;
      if (found?.fault === 'cut-after') {
        generate(req);
        return void raw.socket.destroy();
      }
      if (req.path.startsWith('/oauth/')) signIn.answer(req, res, url);
      else await api(req, res);
    } catch (error) {
      const problem = toProblem(error instanceof InkpotError ? error : new InkpotError('internal', { cause: error }));
      json(res, ERRORS[problem.code].status, problem);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;

  return {
    url,
    knobs,
    requests,
    generations,
    pictures,
    refreshTokens: signIn.refreshTokens,
    change,
    succeed,
    setAway(isAway) {
      away = isAway;
      if (away) server.closeAllConnections();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
