import { CompactSign, type CryptoKey, calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { z } from 'zod';

/** What a signature is for. One made for one purpose is worth nothing for another. */
export type SealPurpose = 'mark' | 'statement' | 'export';

/** Signs facts about pools for people who cannot ask the broker. */
export interface Seal {
  /** The thumbprints of this broker's keys (RFC 7638). */
  readonly signers: ReadonlySet<string>;
  /** @returns a JWS in compact form (RFC 7515, ES256), with the public key in its header. */
  sign(purpose: SealPurpose, facts: object): Promise<string>;
  /** @throws SealBrokenError unless it was signed by this broker for this purpose. @returns the facts, not parsed. */
  open(purpose: SealPurpose, sealed: string): Promise<unknown>;
}

/** What was signed, and by whom. */
export interface OpenedSeal {
  readonly facts: unknown;
  /** RFC 7638 thumbprint of the key that signed. */
  readonly signer: string;
}

/** The signature does not hold, or is another's. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/** A P-256 key, of a key pair's both parts or of the public one. */
const PublicKey = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });
type PublicKey = z.infer<typeof PublicKey>;

const ALGORITHM = 'ES256';

/** @param keys private signing keys as JWK: the first one signs, all are known as ours. */
export async function createSeal(keys: readonly (JWK & { readonly kid: string })[]): Promise<Seal> {
  const [first] = keys;
  if (!first) throw new Error('a seal needs a key');
  const jwk = PublicKey.parse(first);
  const own = new Set(await Promise.all(keys.map((key) => calculateJwkThumbprint(PublicKey.parse(key)))));
  const privateKey = await importJWK(first, ALGORITHM);

  return {
    signers: own,
    sign: (purpose, facts) =>
      new CompactSign(Buffer.from(JSON.stringify(facts)))
        .setProtectedHeader({ alg: ALGORITHM, typ: typeOf(purpose), kid: first.kid, jwk })
        .sign(privateKey),
    async open(purpose, sealed) {
      const { facts, signer } = await openSeal(purpose, sealed);
      if (!own.has(signer)) throw new SealBrokenError(`it was signed with key ${signer}, which is not this broker's`);
      return facts;
    },
  };
}

/**
 * Opens what any broker has signed. Whether to believe its signer is the caller's question.
 * @throws SealBrokenError when the signature does not hold.
 */
export async function openSeal(purpose: SealPurpose, sealed: string): Promise<OpenedSeal> {
  try {
    let signer = '';
    const { payload, protectedHeader } = await compactVerify(
      sealed,
      async ({ jwk }) => {
        const key: PublicKey = PublicKey.parse(jwk);
        signer = await calculateJwkThumbprint(key);
        return (await importJWK(key, ALGORITHM)) as CryptoKey;
      },
      { algorithms: [ALGORITHM] },
    );
    if (protectedHeader.typ !== typeOf(purpose)) throw new Error(`it was signed as ${protectedHeader.typ}`);
    return { facts: JSON.parse(Buffer.from(payload).toString()), signer };
  } catch (cause) {
    throw new SealBrokenError(`the signature of this ${purpose} does not hold`, { cause });
  }
}

function typeOf(purpose: SealPurpose): string {
  return `inkpot-${purpose}+jws`;
}
