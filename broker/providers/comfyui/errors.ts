import { causeOf, type Refusal, reasonOf } from '../refusal.ts';
import { GraphError } from './wire.ts';

/** Faults of a node that a person's settings can cause; all others are the graph's, or the server's weights'. */
const ABOUT_SETTINGS = new Set(['value_smaller_than_min', 'value_bigger_than_max']);

/** What an HTTP status and body of ComfyUI's mean. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = GraphError.safeParse(body);
  if (!parsed.success) return { reason: reasonOf(status), cause: causeOf(status) };
  const { error, node_errors } = parsed.data;
  const faults = Object.values(node_errors ?? {}).flatMap(({ errors }) => errors);
  const isAboutSettings = faults.length > 0 && faults.every(({ type }) => ABOUT_SETTINGS.has(type));
  return {
    // A graph that the server cannot run is gone as a model: weights or a node are missing.
    reason: isAboutSettings ? 'invalid_input' : 'model_gone',
    cause: causeOf(
      status,
      error.type,
      error.message,
      ...faults.map(({ type, details }) => `${type}: ${details ?? ''}`),
    ),
  };
}
