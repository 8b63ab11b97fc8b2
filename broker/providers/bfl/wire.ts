import { z } from 'zod';

/** What Black Forest Labs' API says (its openapi.json of 2026-05, docs.bfl.ai). Unknown fields are ignored. */

/** 200 to a submit without a webhook; with one there would be no `polling_url`. */
export const Submitted = z.object({
  id: z.string().min(1),
  polling_url: z.string(),
  /** Credits, of $0.01 each. */
  cost: z.number().nonnegative().nullish(),
});

/** 200 to `GET {polling_url}`, refusals included. */
export const Task = z.object({
  status: z.enum(['Task not found', 'Pending', 'Request Moderated', 'Content Moderated', 'Ready', 'Error', 'Failed']),
  result: z.object({ sample: z.string(), seed: z.number().nullish() }).nullish().catch(null),
  /** From 0 to 1. */
  progress: z.number().min(0).max(1).nullish().catch(null),
  details: z.unknown(),
});

export const ErrorBody = z.object({
  detail: z.union([
    z.string(),
    z.array(z.object({ type: z.string(), msg: z.string(), loc: z.array(z.union([z.string(), z.number()])) })),
  ]),
});

/** 200 to `GET /v1/credits`. */
export const Credits = z.object({ credits: z.number() });

/** 200 to `GET /openapi.json`: FastAPI's description of itself. */
export const Description = z.object({ paths: z.record(z.string(), z.unknown()) });
