import type { Model } from '../../shared/catalogue/model.ts';
import { addressesOf, viewOf } from '../../shared/catalogue/route-view.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import type { Pixels } from '../../shared/catalogue/size.ts';
import {
  type InputImage,
  type Provider,
  ProviderFault,
  type ProviderJob,
  type ProviderRequest,
  type ProviderStatus,
  type Submission,
} from './provider.ts';
import { sampleImage } from './sample-image.ts';

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

/** A PNG that goes in. */
export async function pictureOf(size: Pixels): Promise<InputImage> {
  return { ...size, bytes: await sampleImage(size).png().toBuffer(), contentType: 'image/png' };
}

/** What a call that fails throws. */
export async function faultOf(call: Promise<unknown>): Promise<ProviderFault> {
  const failure = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof ProviderFault)) throw new Error(`not a fault: ${String(failure)}`);
  return failure;
}

/** Polls a job to its end. */
export async function endOf(provider: Provider, request: ProviderRequest): Promise<ProviderStatus> {
  const { signal } = new AbortController();
  const job = await jobFrom(provider.submit(request, signal));
  for (;;) {
    const status = await provider.poll(job, request, signal);
    if (status.state === 'succeeded' || status.state === 'failed') return status;
  }
}

/** Every address of a provider's in the catalogue that is not served, by itself or with pictures and masks. */
export function unserved(models: readonly Model[], { name, serves }: Provider): string[] {
  return models.flatMap((model) =>
    model.routes
      .filter(({ provider }) => provider === name)
      .flatMap((route) => {
        const paths = [route.path, route.referencePath, route.maskPath].filter((path) => path !== undefined);
        return paths.flatMap((path) => addressesOf(viewOf(model, route), path));
      })
      .filter((path) => serves(path) === null),
  );
}
