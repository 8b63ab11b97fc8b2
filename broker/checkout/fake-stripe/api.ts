import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import Stripe from 'stripe';
import { z } from 'zod';
import { expand, queryOf, repeated } from './list.ts';
import { refused, type StripeFault, StripeRefusal } from './refusal.ts';
import type { Store } from './store.ts';

/**
 * What the next API request meets: an HTTP status or a refusal with 400 instead of any work, which is kept under its key where the work had
 * begun; `{ after }`, a status though the work was done; the socket closed after the work; or no answer ever.
 */
export type Fault =
  | number
  | { readonly refusal: StripeFault; readonly isKept?: boolean }
  | { readonly after: number }
  | 'hang-up'
  | 'stall';

export interface ApiOptions {
  readonly secretKey: string;
  readonly store: Store;
  /** @param request `METHOD path` */
  nextFault(request: string): Fault | undefined;
  /** Whether the list at this path shows nothing. */
  isConcealed(path: string): boolean;
}

/** How long an idempotency key is remembered, in ms (docs.stripe.com/api/idempotent_requests). */
const REMEMBERED_MS = 24 * 3600_000;

const Form = z.record(z.string(), z.unknown());

interface Answer {
  readonly status: number;
  readonly body: object;
  /** Whether it is the first answer for its key, given again. */
  readonly isReplayed?: boolean;
}

/** The frame of the API: the key, the version, faults on purpose, idempotency keys, expansion; `add` brings what it offers. */
export function createApi({ secretKey, store, nextFault, isConcealed }: ApiOptions) {
  const remembered = new Map<string, Answer & { readonly request: string; readonly at: number }>();
  const router = Router();
  router.use((req, _res, next) => {
    if (req.get('Authorization') !== `Bearer ${secretKey}`) {
      throw new StripeRefusal(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' });
    }
    if (req.get('Stripe-Version') !== Stripe.API_VERSION) throw refused('this stand-in speaks one API version');
    next();
  });
  router.use(express.urlencoded({ extended: true }));

  /** The first answer for a key is given again; other parameters under it are refused. Refusals of form are not kept. */
  function once(req: Request, work: () => Answer): Answer {
    const key = req.get('Idempotency-Key');
    if (!key) return work();
    const request = `${req.method} ${req.path} ${JSON.stringify(req.body)}`;
    const before = remembered.get(key);
    if (before && before.at + REMEMBERED_MS > store.clock()) {
      if (before.request === request) return { ...before, isReplayed: true };
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first used with.';
      throw new StripeRefusal(400, { type: 'idempotency_error', message });
    }
    const answer = work();
    remembered.set(key, { ...answer, request, at: store.clock() });
    return answer;
  }

  function serve(work: (req: Request) => object): RequestHandler {
    return (req, res) => {
      const fault = nextFault(`${req.method} ${req.baseUrl}${req.path}`);
      if (typeof fault === 'number') throw new StripeRefusal(fault, onPurpose);
      const isRefusal = typeof fault === 'object' && 'refusal' in fault;
      if (isRefusal && !fault.isKept) throw new StripeRefusal(400, fault.refusal);
      const answer = once(req, () => {
        if (isRefusal) return { status: 400, body: { error: fault.refusal } };
        const done = attempt(() => work(req));
        return typeof fault === 'object' && 'after' in fault
          ? { status: fault.after, body: { error: onPurpose } }
          : done;
      });
      if (fault === 'hang-up') req.socket.destroy();
      else if (fault !== 'stall') send(res, answer, repeated(queryOf(req), 'expand'));
    };
  }

  function send(res: Response, { status, body, isReplayed }: Answer, paths: readonly string[]): void {
    if (isReplayed) res.set('Idempotent-Replayed', 'true');
    res.status(status).json(expand(store, body, paths));
  }

  return {
    router,
    get: (path: string, work: (req: Request) => object) =>
      void router.get(
        path,
        serve((req) => (isConcealed(path) ? NOTHING : work(req))),
      ),
    delete: (path: string, work: (req: Request) => object) => void router.delete(path, serve(work)),
    /** `params` are parsed strictly, `expand` aside. */
    post: <T>(path: string, schema: z.ZodType<T>, work: (params: T, req: Request) => object) =>
      void router.post(
        path,
        serve((req) => {
          const { expand: _, ...form } = Form.parse(req.body ?? {});
          return work(parse(schema, form), req);
        }),
      ),
  };
}

const NOTHING = { object: 'list', has_more: false, data: [] };

const onPurpose = { type: 'api_error', message: 'a fault on purpose' } as const;

/** A card that is refused is an answer like any other, and kept under its key. */
function attempt(work: () => object): Answer {
  try {
    return { status: 200, body: structuredClone(work()) };
  } catch (error) {
    if (error instanceof StripeRefusal && error.status === 402)
      return { status: 402, body: { error: structuredClone(error.fault) } };
    throw error;
  }
}

function parse<T>(schema: z.ZodType<T>, form: object): T {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  throw refused(parsed.error.message, { param: parsed.error.issues[0]?.path.join('.') ?? '' });
}
