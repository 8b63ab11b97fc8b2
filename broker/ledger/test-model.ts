import type { Stage } from './index.ts';

export const STAGES = ['queued', 'running', 'submitting', 'submitted', 'storing'] as const satisfies readonly Stage[];
export const MOST_OPEN = 3;
const REFUSALS = ['NOT_A_MEMBER', 'TOO_MANY', 'INSUFFICIENT'];

/** A hold in the model; one that was refused has its refusal as its state. */
interface ModelHold {
  readonly request: string;
  readonly ceiling: number;
  readonly gift: number;
  state: string;
  stage: Stage;
  actual: number;
}

/** A pool as design/ledger.md tells it, with one member, `ada`. Each method answers the code that the ledger must. */
export class LedgerModel {
  paid = 0;
  gift = 0;
  held = 0;
  in = 0;
  spent = 0;
  readonly #payments = new Map<string, string>();
  readonly #holds = new Map<string, ModelHold>();

  topup(id: string, origin: 'paid' | 'gift', amount: number): string {
    const request = `${origin} ${amount}`;
    const known = this.#payments.get(id);
    if (known !== undefined) return known === request ? 'REPLAY' : 'CONFLICT';
    this.#payments.set(id, request);
    this[origin] += amount;
    this.in += amount;
    return 'OK';
  }

  hold(id: string, member: string, ceiling: number): string {
    const request = `${member} ${ceiling}`;
    const known = this.#holds.get(id);
    if (known && known.request !== request) return 'CONFLICT';
    if (known) return REFUSALS.includes(known.state) ? known.state : 'REPLAY';
    const open = [...this.#holds.values()].filter(({ state }) => state === 'held').length;
    const refusals = [member !== 'ada', open >= MOST_OPEN, this.paid + this.gift < ceiling];
    const state = REFUSALS[refusals.indexOf(true)] ?? 'held';
    const gift = Math.min(this.gift, ceiling);
    this.#holds.set(id, { request, ceiling, gift, state, stage: 'queued', actual: 0 });
    if (state !== 'held') return state;
    this.gift -= gift;
    this.paid -= ceiling - gift;
    this.held += ceiling;
    return 'OK';
  }

  advance(id: string, from: Stage | undefined, stage: Stage): string {
    const hold = this.#holds.get(id);
    if (!hold || REFUSALS.includes(hold.state)) return 'UNKNOWN';
    if (hold.state !== 'held') return 'TERMINAL';
    const wrong = from ? hold.stage !== from : STAGES.indexOf(stage) < STAGES.indexOf(hold.stage);
    if (wrong) return 'WRONG_STAGE';
    hold.stage = stage;
    return 'OK';
  }

  capture(id: string, actual: number): string {
    return this.#settle(id, 'captured', actual, undefined);
  }

  release(id: string, only: Stage | undefined): string {
    return this.#settle(id, 'released', 0, only);
  }

  #settle(id: string, end: 'captured' | 'released', actual: number, only: Stage | undefined): string {
    const hold = this.#holds.get(id);
    if (!hold || REFUSALS.includes(hold.state)) return 'UNKNOWN';
    if (hold.state !== 'held') return hold.state === end && hold.actual === actual ? 'REPLAY' : 'TERMINAL';
    if (end === 'captured' && (actual < 1 || actual > hold.ceiling)) return 'BAD_ARGUMENT';
    if (only && hold.stage !== only) return 'TOO_LATE';
    const spentGift = Math.min(hold.gift, actual);
    this.gift += hold.gift - spentGift;
    this.paid += hold.ceiling - hold.gift - (actual - spentGift);
    this.held -= hold.ceiling;
    this.spent += actual;
    hold.state = end;
    hold.actual = actual;
    return 'OK';
  }
}
