import { createHash } from 'node:crypto';
import { type Context, errors } from 'oidc-provider';
import { z } from 'zod';

/** What is kept of the request that started a sign-in: shown to the person who is asked, and checked at each poll. */
export const DeviceRequest = z.object({
  userAgent: z.string(),
  /** ms since 1970 */
  startedAt: z.number(),
  /** SHA-256 of the verifier that each poll must bring, in base64url. */
  codeChallenge: z.string().optional(),
});
export type DeviceRequest = z.infer<typeof DeviceRequest>;

const Challenge = z.object({
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
});

/**
 * Reads the request that starts a sign-in. A client may bind the device code to itself as PKCE binds an authorization
 * code (RFC 7636 §4.3): then a device code that leaked is worth nothing without the verifier.
 * @throws `invalid_request` for a challenge that is not S256.
 */
export function readDeviceRequest(context: Context, startedAt: number): DeviceRequest {
  const body = context.oidc.body ?? {};
  const request = { userAgent: context.get('user-agent').slice(0, 512), startedAt };
  if (!('code_challenge' in body || 'code_challenge_method' in body)) return request;
  const parsed = Challenge.safeParse(body);
  if (!parsed.success) throw new errors.InvalidRequest('code_challenge must be an S256 challenge (RFC 7636)');
  return { ...request, codeChallenge: parsed.data.code_challenge };
}

/** Whether a poll comes from whoever started the sign-in. */
export function isBound({ codeChallenge }: DeviceRequest, verifier: string | undefined): boolean {
  if (codeChallenge === undefined) return true;
  return verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === codeChallenge;
}

/** A device as its owner would call it: `Figma desktop app on macOS`, `Chrome on Windows`. */
export function describeDevice(userAgent: string): string {
  const app = APPS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'An unknown app';
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return system ? `${app} on ${system}` : app;
}

/** In this order, because browsers name each other: Edge says Chrome, and Chrome says Safari. */
const APPS: readonly [RegExp, string][] = [
  [/\bFigma\/|\bElectron\//, 'Figma desktop app'],
  [/\bEdg\//, 'Edge'],
  [/\bFirefox\//, 'Firefox'],
  [/\bOPR\//, 'Opera'],
  [/\b(Headless)?Chrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly [RegExp, string][] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];
