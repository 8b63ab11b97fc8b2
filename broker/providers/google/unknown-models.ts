import { refusedQuestion } from '../refusal.ts';
import type { Answer } from '../transport.ts';
import { readRefusal } from './errors.ts';
import { Models } from './wire.ts';

/** More pages than Google has: the loop ends even if the answers make no sense. */
const MAX_PAGES = 20;

/**
 * Those of the paths that are not in the list of models, which is free to read and which a wrong key does not get.
 * @throws ProviderFault
 */
export async function unknownModels(
  ask: (path: string) => Promise<Answer>,
  paths: readonly string[],
): Promise<string[]> {
  const known = new Set<string>();
  let pageToken: string | undefined = '';
  for (let page = 0; page < MAX_PAGES && pageToken !== undefined; page += 1) {
    const answer = await ask(`models?${new URLSearchParams({ pageSize: '1000', ...(pageToken && { pageToken }) })}`);
    if (answer.status >= 300) throw refusedQuestion(readRefusal(answer.status, answer.body));
    const { models, nextPageToken } = Models.parse(answer.body);
    for (const { name } of models ?? []) known.add(name.replace(/^models\//, ''));
    pageToken = nextPageToken || undefined;
  }
  return paths.filter((path) => !known.has(path));
}
