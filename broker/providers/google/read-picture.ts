import { type Delivery, ProviderFault } from '../provider.ts';
import type { ReportedCost } from '../reported-cost.ts';
import { readBlock, readFinish } from './errors.ts';
import { Generated } from './wire.ts';

/**
 * The picture of an answer, without the drafts among the model's thoughts.
 * @throws ProviderFault for a refusal, which is an answer like any other (HTTP 200); `outcomeUnknown` for one that
 *   cannot be understood.
 */
export function readPicture(body: unknown): Delivery {
  const answer = Generated.safeParse(body);
  if (!answer.success) throw new ProviderFault('provider_error', { cause: answer.error, outcomeUnknown: true });
  const { candidates, promptFeedback, usageMetadata } = answer.data;
  const [candidate] = candidates ?? [];
  if (!candidate) {
    const { reason, cause } = readBlock(promptFeedback?.blockReason, promptFeedback?.blockReasonMessage ?? '');
    throw new ProviderFault(reason, { cause, outcomeUnknown: false });
  }
  const parts = candidate.content?.parts?.filter(({ thought }) => !thought) ?? [];
  const picture = parts.find(({ inlineData }) => inlineData?.mimeType.startsWith('image/'))?.inlineData;
  if (!picture) {
    const { reason, cause } = readFinish(candidate.finishReason ?? 'no picture', candidate.finishMessage ?? '');
    throw new ProviderFault(reason, { cause, outcomeUnknown: false });
  }
  const cost = costOf(usageMetadata);
  const bytes = Buffer.from(picture.data, 'base64');
  return { state: 'succeeded', outputs: [{ bytes, seed: null }], ...(cost && { cost }) };
}

/** Thoughts are billed as text (ai.google.dev/gemini-api/docs/pricing). */
function costOf(usage: Generated['usageMetadata']): ReportedCost | null {
  if (!usage) return null;
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = usage;
  const imageIn = picturesOf(usage.promptTokensDetails);
  const imageOut = picturesOf(usage.candidatesTokensDetails);
  return {
    kind: 'tokens',
    textIn: Math.max(0, (promptTokenCount ?? 0) - imageIn),
    imageIn,
    textOut: Math.max(0, (candidatesTokenCount ?? 0) - imageOut) + (thoughtsTokenCount ?? 0),
    imageOut,
  };
}

function picturesOf(details: NonNullable<Generated['usageMetadata']>['promptTokensDetails']): number {
  return (details ?? [])
    .filter(({ modality }) => modality === 'IMAGE')
    .reduce((sum, { tokenCount }) => sum + (tokenCount ?? 0), 0);
}
