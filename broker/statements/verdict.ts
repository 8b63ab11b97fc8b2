/** What a check of a file found. */
export interface Verdict {
  readonly kind: 'statement' | 'archive' | 'export';
  readonly pool: string;
  /** Entries that were checked. */
  readonly entries: number;
  /** What is wrong; nothing when the file is what its signer wrote, and every balance in it follows from its entries. */
  readonly faults: readonly string[];
  /** RFC 7638 thumbprint of the key that signed; null when no signature holds. */
  readonly signer: string | null;
  /** Who says that the pool stood so, and when, as far as the file tells. */
  readonly issuer: string | null;
  readonly issuedAt: string | null;
}
