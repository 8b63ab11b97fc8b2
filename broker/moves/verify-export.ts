import type { Verdict } from '../statements/verdict.ts';
import { readExport } from './read-export.ts';

/** Checks an export without asking anybody. @param lines of the file, without their line feeds. */
export async function verifyExport(lines: AsyncIterable<string>): Promise<Verdict> {
  const { pool, entries, faults, facts, signer } = await readExport(lines);
  const { issuer = null, issuedAt = null } = facts ?? {};
  return { kind: 'export', pool, entries, faults, signer, issuer, issuedAt };
}
