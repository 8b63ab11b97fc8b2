import { z } from 'zod';

/** What Runway's API says, version 2024-11-06 (npm @runwayml/sdk 4.20.1). Unknown fields are ignored. */

/** 200 to a submit. */
export const Submitted = z.object({ id: z.string().regex(/^[\w-]+$/) });

const Cost = z.object({ credits: z.number().nonnegative() });

/** 200 to `GET /v1/tasks/{id}`. */
export const Task = z.discriminatedUnion('status', [
  z.object({ status: z.literal('PENDING') }),
  /** It waits for one of our own to end. */
  z.object({ status: z.literal('THROTTLED') }),
  /** `progress` from 0 to 1. */
  z.object({ status: z.literal('RUNNING'), progress: z.number().min(0).max(1).nullish().catch(null) }),
  z.object({ status: z.literal('SUCCEEDED'), output: z.array(z.string()), cost: Cost.nullish() }),
  z.object({
    status: z.literal('FAILED'),
    failure: z.string().nullish(),
    failureCode: z.string().nullish(),
    cost: Cost.nullish(),
  }),
  z.object({ status: z.literal('CANCELLED') }),
]);

export const ErrorBody = z.object({
  error: z.string(),
  issues: z
    .array(z.object({ message: z.string().optional(), path: z.array(z.union([z.string(), z.number()])).optional() }))
    .optional(),
});

/** 200 to `GET /v1/organization`. */
export const Organization = z.object({
  creditBalance: z.number(),
  tier: z.object({ models: z.record(z.string(), z.unknown()) }),
});
