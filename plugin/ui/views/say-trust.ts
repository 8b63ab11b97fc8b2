import type { ListedModel } from '../../../shared/api/models.ts';

/** How a model has done lately, in a few words: in the last hour, or else the last day. Empty where nobody knows. */
export function sayTrust({ trust }: Pick<ListedModel, 'trust'>): string {
  const window = trust.hour ?? trust.day;
  if (!window) return '';
  const { successRate, waitP50Ms, waitP90Ms } = window;
  return [
    successRate === null ? 'Refuses most prompts' : `${Math.floor(successRate * 100)}% delivered`,
    waitP50Ms === null ? '' : `about ${saySeconds(waitP50Ms)}`,
    waitP90Ms === null || waitP50Ms === null || waitP90Ms < waitP50Ms * 2 ? '' : `rarely over ${saySeconds(waitP90Ms)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function saySeconds(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** What to say of a model that fails at the moment. */
export function sayDown({ instead }: Pick<ListedModel, 'instead'>, models: readonly ListedModel[]): string {
  const other = models.find(({ id }) => id === instead);
  return other ? `Not delivering right now: try ${other.name}.` : 'Not delivering right now.';
}
