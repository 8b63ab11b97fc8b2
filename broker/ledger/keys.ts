import { InkpotError } from '../../shared/errors.ts';

/** Ids become parts of key names, so they may hold no brace, colon or space. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Ids that others gave us: Stripe's are up to 255 characters, and a reason may qualify one (`dp_1:won`). */
const FOREIGN_ID = /^[A-Za-z0-9_.:-]{1,255}$/;

/** The keys of one pool. All carry the hash tag `{pool}`, so they live in one slot (design/ledger.md, rule 1). */
export interface PoolKeys {
  readonly pool: string;
  readonly log: string;
  readonly due: string;
  readonly generations: string;
  readonly members: string;
  readonly budgets: string;
  /** What is taken back or blocked of paid payments, see payment.lua. */
  readonly aside: string;
  member(memberId: string): string;
  hold(generationId: string): string;
  payment(paymentId: string): string;
  budget(tag: string): string;
  operation(operationId: string): string;
}

/** @throws InkpotError `internal` for an id that no honest caller can have. */
export function poolKeys(poolId: string): PoolKeys {
  const tag = `{${checked(ID, 'pool', poolId)}}`;
  return {
    pool: `w:${tag}`,
    log: `l:${tag}`,
    due: `due:${tag}`,
    generations: `g:${tag}`,
    members: `ms:${tag}`,
    budgets: `bs:${tag}`,
    aside: `aside:${tag}`,
    member: (memberId) => `m:${tag}:${checked(ID, 'member', memberId)}`,
    hold: (generationId) => `h:${tag}:${checked(ID, 'generation', generationId)}`,
    payment: (paymentId) => `p:${tag}:${checked(FOREIGN_ID, 'payment', paymentId)}`,
    budget: (name) => `b:${tag}:${checked(ID, 'tag', name)}`,
    operation: (operationId) => `o:${tag}:${checked(FOREIGN_ID, 'operation', operationId)}`,
  };
}

function checked(pattern: RegExp, what: string, id: string): string {
  if (!pattern.test(id)) throw new InkpotError('internal', { cause: new TypeError(`not an id of a ${what}: ${id}`) });
  return id;
}
