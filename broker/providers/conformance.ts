import type { Provider, ProviderRequest } from './provider.ts';

/**
 * What may happen to a provider's job, seen by a broker, and the words in a prompt that make its fake server do it.
 * Every adapter has an answer to every case.
 */
export const CASES = {
  success: 'a fox',
  'a batch': 'a fox',
  queued: '__queued__',
  slow: '__slow__',
  'refused input': '__moderate__',
  'refused reference': '__moderate_reference__',
  'refused output': '__nsfw_output__',
  partial: '__partial__',
  'rate limit': '__429__',
  'no capacity': '__503__',
  'out of balance': '__402__',
  auth: '__401__',
  'model gone': '__gone__',
  'settings refused': '__invalid__',
  'failure of the model': '__fail__',
  'failure behind the model': '__downstream__',
  'time-out of the model': '__model_timeout__',
  'no pictures': '__no_pictures__',
  '500 after accept': '__500_after_accept__',
  'connection lost after accept': '__drop_after_accept__',
  'answer cut off after accept': '__cut_accept__',
  'time-out': '__timeout__',
  'answers that break off': '__flaky__',
  'a job that is lost': '__lost__',
  'no dimensions': '__no_dimensions__',
  'truncated body': '__truncated__',
  'wrong dimensions': '__wrong_size__',
  'blank picture': '__blank__',
  WebP: '__webp__',
  'expired link': '__expired__',
  'cancel while queued': '__queued__',
  'cancel while running': '__slow__',
  'cancel of a stubborn job': '__slow__ __stubborn__',
  'cancel after the end': 'a fox',
  'crash once it is taken': 'a fox',
  'crash while it runs': '__slow__',
  'crash once it is done': 'a fox',
} as const;
export type Case = keyof typeof CASES;

/** What this provider's wire has no place for, and why. */
export interface NotOnThisWire {
  readonly never: string;
}

/**
 * How a case ends: `3 kept`, `failed: moderated_input` (by a job), `refused: auth` (at the submit, nothing started),
 * `unknown: timeout` (nobody can say), `bad output`, or what a cancel or the last poll answered.
 */
export type Ending = string | NotOnThisWire;

/** An adapter together with the fake server that it speaks to. */
export interface Bench {
  /**
   * The adapter as a broker has it that has just started, and has seen none of the jobs.
   *
   * @param patienceMs how long it waits for an answer
   */
  adapter(patienceMs: number): Provider;
  /** Present when it makes videos. */
  readonly makes?: 'videos';
  /** The fake's hosts, with their ports. */
  readonly hosts: ReadonlySet<string>;
  /** A request for so many pictures of 256 × 192 px or the nearest size that this provider has. */
  request(prompt: string, count: number): ProviderRequest;
  /** How many jobs the provider has taken, and would bill. */
  taken(): number;
  /** Lets slow and queued jobs end. */
  finish(): void;
  close(): Promise<void>;
}

/** One row of the table of adapters and cases: each provider's folder has one. */
export interface Conformance {
  /** A provider whose videos go by another wire than its pictures has a row for each. */
  readonly name: Provider['name'] | `${Provider['name']} videos`;
  open(): Promise<Bench>;
  readonly endings: Readonly<Record<Case, Ending>>;
}
