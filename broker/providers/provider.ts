import type { Route } from '../../shared/catalogue/model.ts';
import type { Settings } from '../../shared/catalogue/settings.ts';
import type { Pixels } from '../../shared/catalogue/size.ts';
import type { FailureReason } from '../../shared/failures.ts';
import type { ReportedCost } from './reported-cost.ts';

/** A picture that goes in: upright, in sRGB, as any model can read it. */
export interface InputImage extends Pixels {
  readonly bytes: Uint8Array;
  readonly contentType: 'image/png' | 'image/jpeg';
}

/** One paid call, in the broker's words. */
export interface ProviderRequest {
  readonly generationId: string;
  readonly route: Route;
  readonly settings: Settings;
  /** The size that the settings come to, in px; null when only the model knows. */
  readonly size: Pixels | null;
  /** The pictures of `settings.references`, in their order. */
  readonly references: readonly InputImage[];
  /** The picture of `settings.mask`, as large as the first reference: white is painted, black is kept. */
  readonly mask: InputImage | null;
  /** Where the provider may tell that the job has moved on; null where the broker cannot be reached from outside. */
  readonly webhookUrl: string | null;
}

/**
 * What a provider needs to find a job again, as it goes into the generation's record: whatever the adapter likes, as
 * long as it survives JSON.
 */
export type ProviderJob = Readonly<Record<string, string | number | boolean | null>>;

/** A picture or a video as the provider hands it out: its bytes, or where to fetch them at once. */
export type ProviderOutput = { readonly seed: number | null } & (
  | { readonly bytes: Uint8Array }
  | {
      readonly url: string;
      /** Headers that let the broker in there; they go to this host alone. */
      readonly credentials?: Readonly<Record<string, string>>;
    }
);

/** What came of a job. `outputs` may be fewer than asked for: only what is delivered is paid for. */
export interface Delivery {
  readonly state: 'succeeded';
  readonly outputs: readonly ProviderOutput[];
  /** What the provider says it bills, where it does. */
  readonly cost?: ReportedCost;
  /**
   * How many results beside those that are delivered may be billed: calls of which nobody knows whether they were taken,
   * pictures that were made and withheld.
   */
  readonly uncertain?: number;
}

/** What a submit comes to: a job to ask about, or, where the provider works while the caller waits, what came of it. */
export type Submission = { readonly state: 'submitted'; readonly job: ProviderJob } | Delivery;

/** Where a job stands. */
export type ProviderStatus =
  | { readonly state: 'queued' }
  | { readonly state: 'running'; readonly progress: number | null }
  | Delivery
  | {
      readonly state: 'failed';
      readonly reason: FailureReason;
      readonly cause: string;
      /** Whether the provider bills it all the same. */
      readonly billed?: boolean;
    };

/** How a cancellation ended: stopped, or too late or impossible, so that the job runs on. */
export type CancelOutcome = 'cancelled' | 'running_on';

/** What a provider says about the operator's account, by requests that cost nothing. */
export interface AccountCheck {
  readonly access: 'accepted' | 'refused' | 'unreachable';
  /** What is left there, in the provider's own words, such as `$12.40`; null where it does not say. */
  readonly balance: string | null;
  /** Those of the paths asked about that it no longer knows; null where it cannot be asked. */
  readonly unknownPaths: readonly string[] | null;
  /** What went wrong, in the provider's own words. */
  readonly cause?: string;
}

/** A message that came to a request's webhook. */
export interface WebhookMessage {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  /** ms since 1970 */
  readonly receivedAt: number;
}

/** What an adapter may be able to do on a path beyond drawing from words. */
export type Ability = 'references' | 'mask' | 'transparent';

/** A provider, seen by the generations: four verbs and a few facts. An adapter keeps no state between them. */
export interface Provider {
  readonly name: Route['provider'];
  /**
   * Whether a submit whose outcome is unknown may be sent again. Only true where a second job costs nothing; no paid
   * provider has idempotency keys.
   */
  readonly submitIsRepeatable: boolean;
  /** How long a submit may take, in ms; minutes where the provider works while the caller waits. */
  readonly submitDeadline: number;
  /** How much the provider takes from one operator at once, as it documents; null where it queues or does not say. */
  readonly limits: { readonly activeJobs: number | null; readonly submitsPerMinute: number | null };
  /** Milliseconds to wait before the `attempt`th poll (0 first). */
  pollDelay(attempt: number): number;
  /**
   * What this adapter can do on a path beyond drawing from words; null when it does not know the path. What it cannot
   * do is not offered, whatever the model could.
   */
  serves(path: string): readonly Ability[] | null;
  /**
   * Makes the paid call.
   * @throws ProviderFault
   */
  submit(request: ProviderRequest, signal: AbortSignal): Promise<Submission>;
  /**
   * Asks where the job stands.
   * @throws ProviderFault when the provider could not be asked; asking again is free.
   */
  poll(job: ProviderJob, request: ProviderRequest, signal: AbortSignal): Promise<ProviderStatus>;
  cancel(job: ProviderJob, signal: AbortSignal): Promise<CancelOutcome>;
  /**
   * Whether a message to the webhook was signed by the provider, and lately. Absent where it signs none: then only the
   * secret in the address vouches for it. Either way it is a hint, after which the job is polled.
   */
  signedWebhook?(message: WebhookMessage, signal: AbortSignal): Promise<boolean>;
  /** Asks about the operator's account and about paths, by free endpoints only. Throws nothing. */
  check(paths: readonly string[], signal: AbortSignal): Promise<AccountCheck>;
  /** Whether pictures may be fetched from this host (and its port, when it has one). */
  allowsHost(host: string): boolean;
}

/**
 * The rest of an adapter whose provider works while the caller waits: after a submit there is no job to ask about, and
 * nothing that could be stopped.
 */
export const ANSWERS_AT_ONCE = {
  pollDelay: () => 0,
  poll: async () => ({ state: 'failed', reason: 'interrupted', cause: 'this provider has no jobs' }),
  cancel: async () => 'running_on',
} as const satisfies Pick<Provider, 'pollDelay' | 'poll' | 'cancel'>;

/** A provider said no, or could not be reached. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';
  readonly reason: FailureReason;
  /**
   * Whether the provider may be working on (and billing) the job all the same: true when the request was sent and no
   * answer came that says otherwise.
   */
  readonly outcomeUnknown: boolean;

  /** @param cause the provider's own words, for the operator's log only. */
  constructor(reason: FailureReason, { cause, outcomeUnknown }: { cause: unknown; outcomeUnknown: boolean }) {
    super(`provider fault: ${reason}`, { cause });
    this.reason = reason;
    this.outcomeUnknown = outcomeUnknown;
  }
}
