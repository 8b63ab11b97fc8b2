import type { ProviderOutput, ProviderStatus } from '../provider.ts';
import { readFiltered, readOperationError } from './errors.ts';
import type { Operation } from './wire.ts';

/** @param toOutput where a sample can be fetched, from its link. */
export function readOperation(
  { done, error, response }: Operation,
  toOutput: (uri: string) => ProviderOutput,
): ProviderStatus {
  if (!done) return { state: 'running', progress: null };
  if (error) return { state: 'failed', ...readOperationError(error) };
  const { generatedSamples, raiMediaFilteredCount, raiMediaFilteredReasons } = response?.generateVideoResponse ?? {};
  const samples = generatedSamples ?? [];
  if (samples.length > 0) return { state: 'succeeded', outputs: samples.map(({ video }) => toOutput(video.uri)) };
  const reasons = raiMediaFilteredReasons ?? [];
  if (reasons.length > 0 || (raiMediaFilteredCount ?? 0) > 0) return { state: 'failed', ...readFiltered(reasons) };
  return { state: 'failed', reason: 'provider_error', cause: 'done without videos' };
}
