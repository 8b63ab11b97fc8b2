import { z } from 'zod';

/**
 * What the Gemini API says (npm @google/genai 2.32.0; ai.google.dev/api). Unknown fields are ignored: Google adds some
 * without notice.
 */

const Modalities = z.array(z.object({ modality: z.string(), tokenCount: z.number().nullish() })).nullish();

/** 200 to `POST /v1beta/models/{model}:generateContent`. A refusal is one as well: it has no picture. */
export const Generated = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z
              .array(
                z.object({
                  /** A draft on the way to the picture. */
                  thought: z.boolean().nullish(),
                  inlineData: z.object({ mimeType: z.string(), data: z.string() }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finishReason: z.string().nullish(),
        finishMessage: z.string().nullish(),
      }),
    )
    .nullish(),
  /** Why the prompt was not let through to the model. */
  promptFeedback: z.object({ blockReason: z.string().nullish(), blockReasonMessage: z.string().nullish() }).nullish(),
  usageMetadata: z
    .object({
      promptTokenCount: z.number().nullish(),
      candidatesTokenCount: z.number().nullish(),
      thoughtsTokenCount: z.number().nullish(),
      promptTokensDetails: Modalities,
      candidatesTokensDetails: Modalities,
    })
    .nullish(),
});
export type Generated = z.infer<typeof Generated>;

/** 200 to `POST …:predictLongRunning`. The name becomes part of an address. */
export const Started = z.object({ name: z.string().regex(/^models\/[\w.-]+\/operations\/[\w.-]+$/) });

/** 200 to `GET /v1beta/{operation}`. All filtered: done, without samples, with reasons. */
export const Operation = z.object({
  done: z.boolean().nullish(),
  error: z.object({ code: z.number().nullish(), message: z.string().nullish() }).nullish(),
  response: z
    .object({
      generateVideoResponse: z
        .object({
          generatedSamples: z.array(z.object({ video: z.object({ uri: z.string() }) })).nullish(),
          raiMediaFilteredCount: z.number().nullish(),
          raiMediaFilteredReasons: z.array(z.string()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export type Operation = z.infer<typeof Operation>;

/** 200 to `GET /v1beta/models`, by pages. */
export const Models = z.object({
  models: z.array(z.object({ name: z.string() })).nullish(),
  nextPageToken: z.string().nullish(),
});

/** The body of an error (google.rpc.Status); of its details, the error's own name and the limit that was met. */
export const ErrorBody = z.object({
  error: z.object({
    message: z.string().nullish(),
    status: z.string().nullish(),
    details: z
      .array(
        z.object({
          reason: z.string().nullish(),
          violations: z.array(z.object({ quotaId: z.string().nullish() })).nullish(),
        }),
      )
      .nullish(),
  }),
});
