import type { ProviderStatus } from '../provider.ts';
import { causeOf } from '../refusal.ts';
import { ExecutionError, type History, type Picture } from './wire.ts';

type Ended = ReturnType<typeof History.parse>[string];

/**
 * What came of a graph that has ended.
 * @param urlOf where a picture can be fetched.
 * @param seed of the first picture; the others of a batch have none of their own.
 */
export function resultOf(
  { outputs, status }: Ended,
  urlOf: (picture: Picture) => string,
  seed: number | null,
): ProviderStatus {
  if (status?.status_str === 'error') return failureOf(status.messages ?? []);
  const pictures = Object.values(outputs).flatMap(({ images }) => images ?? []);
  // What is not kept is a preview, except where a graph keeps nothing.
  const kept = pictures.filter(({ type }) => type === 'output');
  const wanted = kept.length > 0 ? kept : pictures;
  if (wanted.length === 0) return { state: 'failed', reason: 'provider_error', cause: 'the graph made no pictures' };
  return {
    state: 'succeeded',
    outputs: wanted.map((picture, index) => ({ url: urlOf(picture), seed: index === 0 ? seed : null })),
  };
}

function failureOf(messages: readonly (readonly [string, unknown])[]): ProviderStatus {
  if (messages.some(([type]) => type === 'execution_interrupted')) {
    return { state: 'failed', reason: 'cancelled', cause: 'interrupted' };
  }
  const error = ExecutionError.safeParse(messages.find(([type]) => type === 'execution_error')?.[1]);
  const { node_type, exception_message } = error.success ? error.data : {};
  return { state: 'failed', reason: 'provider_error', cause: causeOf('execution_error', node_type, exception_message) };
}
