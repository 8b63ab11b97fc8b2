import { openSeal, SealBrokenError } from '../archive/seal.ts';
import { createEntryChecker } from './check-entries.ts';
import { readHeader } from './read-header.ts';
import { SealLine, StatementFacts, StatementHeader } from './statement.ts';
import type { Verdict } from './verdict.ts';

/**
 * Checks a statement without asking anybody: its chain, its balances, and its signature over both.
 * @param lines of the file, without their line feeds.
 * @throws Error when the first of them is damaged.
 */
export async function verifyStatement(lines: AsyncIterable<string>): Promise<Verdict> {
  let checker: ReturnType<typeof createEntryChecker> | null = null;
  let pool = '';
  let last: string | null = null;
  for await (const line of lines) {
    if (!checker) {
      pool = readHeader(line, StatementHeader);
      checker = createEntryChecker(pool);
    } else {
      // Only the line after this one tells whether it was the last.
      if (last !== null) checker.line(last);
      last = line;
    }
  }
  checker ??= createEntryChecker(pool);
  const { link, fold } = checker;
  const opened = await openLast(last);
  const faults = [...checker.faults, ...(opened.fault ? [opened.fault] : [])];
  const facts = opened.facts;
  if (facts) {
    const { balance } = facts;
    const ends =
      facts.pool === pool && facts.entries === link.seq && facts.head === link.head && facts.chain === link.chain;
    if (!ends) faults.push('the signature is for other entries than these');
    const same = balance.paid === fold.paid && balance.gift === fold.gift && balance.held === fold.held;
    if (!same) faults.push('the signature is for other balances than the entries add up to');
  }
  return {
    kind: 'statement',
    pool,
    entries: link.seq,
    faults,
    signer: opened.signer,
    issuer: facts?.issuer ?? null,
    issuedAt: facts?.issuedAt ?? null,
  };
}

async function openLast(line: string | null) {
  try {
    const { facts, signer } = await openSeal('statement', SealLine.parse(JSON.parse(line ?? '')).seal);
    return { facts: StatementFacts.parse(facts), signer, fault: null };
  } catch (error) {
    const fault =
      error instanceof SealBrokenError ? error.message : 'the last line is not a signature: the end is missing';
    return { facts: null, signer: null, fault };
  }
}
