import { z } from 'zod';
import { Amount } from '../../shared/credits.ts';
import { MemberRole } from '../ledger/read-pool.ts';

/** The first line of an export. Then come its entries, as in a statement, its other keys, its people, and the seal. */
export const ExportHeader = z.strictObject({
  inkpot: z.literal('export'),
  version: z.literal(1),
  pool: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/),
});

/** A member of the pool, so that the same address finds it at the other broker. */
export const PersonLine = z.strictObject({
  person: z.strictObject({
    id: z.string(),
    role: MemberRole,
    email: z.string(),
    name: z.string(),
    /** ms since 1970 */
    createdAt: z.int(),
    /** Whether it is the pool that the account was made with. */
    isPersonal: z.boolean(),
  }),
});
export type Person = z.infer<typeof PersonLine>['person'];

/** What the broker signs for under an export. Amounts are millicredits. */
export const ExportFacts = z.object({
  pool: z.string(),
  /** The move's id: under it the pool arrives once. */
  move: z.string(),
  /** The keys (RFC 7638 thumbprints) of the only broker that may take it in. */
  to: z.array(z.string()).min(1),
  /** The last entry, which took out what the pool had, and where the chains end with it. */
  entries: z.int().positive(),
  head: z.string(),
  chain: z.string(),
  /** What went through it until then. */
  totals: z.object({ in: Amount, spent: Amount, out: Amount, bought: Amount }),
  /** What it had, and gets at the other broker. */
  gift: Amount,
  paid: Amount,
  wasActive: z.boolean(),
  owner: z.string(),
  /** ms since 1970 */
  opened: z.int(),
  /** SHA-256 of all lines between the entries and the seal, with their line feeds. */
  state: z.string(),
  issuer: z.string(),
  issuedAt: z.string(),
});
export type ExportFacts = z.infer<typeof ExportFacts>;
