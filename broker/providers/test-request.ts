import type { Settings } from '../../shared/catalogue/settings.ts';
import type { ProviderJob, ProviderRequest, Submission } from './provider.ts';

/** A request for one picture of 320 × 256 px, changed as the test says. */
export function requestFor(
  route: ProviderRequest['route'],
  settings: Partial<Settings> = {},
  changes: Partial<ProviderRequest> = {},
): ProviderRequest {
  const size = { width: 320, height: 256 };
  return {
    generationId: '01jd3r9k2p7q4x8v5n6m1c0bza',
    route,
    settings: { prompt: 'a fox', count: 1, size: { kind: 'pixels', ...size }, ...settings },
    size,
    references: [],
    mask: null,
    webhookUrl: null,
    ...changes,
  };
}

/** The job that a submit started, as it comes back out of the generation's record. */
export async function jobFrom(submitted: Promise<Submission>): Promise<ProviderJob> {
  const submission = await submitted;
  if (submission.state !== 'submitted') throw new Error('it was delivered at once');
  return JSON.parse(JSON.stringify(submission.job));
}
