import type { Stage } from './index.ts';

export const STAGES = ['queued', 'running', 'submitting', 'submitted', 'storing'] as const satisfies readonly Stage[];
export const MOST_OPEN = 3;
const REFUSALS = ['NOT_A_MEMBER', 'TOO_MANY', 'CAP', 'BUDGET', 'INSUFFICIENT'];

type Funds = Record<'paid' | 'gift' | 'held' | 'in' | 'spent', number>;
/** What a member or a tag uses, and may: no time passes here, so all periods are one. Who is no member has a cap of −1. */
type Tally = Record<'cap' | 'used' | 'held', number>;
/** A hold that was refused has its refusal as its state. */
type Hold = {
  request: string;
  ceiling: number;
  gift: number;
  tallies: Tally[];
  state: string;
  stage: Stage;
  actual: number;
};

/** A pool as design/ledger.md tells it, with its owner, `ada`. Each method answers the code that the ledger must. */
export class LedgerModel {
  readonly funds: Funds = { paid: 0, gift: 0, held: 0, in: 0, spent: 0 };
  readonly #operations = new Map<string, string>();
  readonly #holds = new Map<string, Hold>();
  readonly #tallies = new Map<string, Tally>([['ada', { cap: Infinity, used: 0, held: 0 }]]);

  topup(id: string, origin: 'paid' | 'gift', amount: number): string {
    return this.#once(`payment ${id}`, `${origin} ${amount}`, () => this.#move({ [origin]: amount, in: amount }));
  }

  setCap(id: string, whose: string, cap: number): string {
    return this.#once(id, `${whose} ${cap}`, () => Object.assign(this.#tally(whose), { cap }));
  }

  hold(id: string, member: string, tag: string, ceiling: number): string {
    const request = `${member} ${tag} ${ceiling}`;
    const known = this.#holds.get(id);
    if (known && known.request !== request) return 'CONFLICT';
    if (known) return REFUSALS.includes(known.state) ? known.state : 'REPLAY';
    const tallies = [this.#tally(member, -1), this.#tally(tag)];
    const [capped, overspent] = tallies.map(({ cap, used, held }) => used + held + ceiling > cap);
    const open = [...this.#holds.values()].filter(({ state }) => state === 'held').length;
    const { paid, gift: given } = this.funds;
    const refusals = [tallies[0]?.cap === -1, open >= MOST_OPEN, capped, overspent, paid + given < ceiling];
    const state = REFUSALS[refusals.indexOf(true)] ?? 'held';
    const gift = Math.min(given, ceiling);
    this.#holds.set(id, { request, ceiling, gift, tallies, state, stage: 'queued', actual: 0 });
    if (state !== 'held') return state;
    this.#move({ gift: -gift, paid: gift - ceiling, held: ceiling });
    for (const tally of tallies) tally.held += ceiling;
    return 'OK';
  }

  advance(id: string, from: Stage | undefined, stage: Stage): string {
    const hold = this.#holds.get(id);
    if (!hold || REFUSALS.includes(hold.state)) return 'UNKNOWN';
    if (hold.state !== 'held') return 'TERMINAL';
    if (from ? hold.stage !== from : STAGES.indexOf(stage) < STAGES.indexOf(hold.stage)) return 'WRONG_STAGE';
    hold.stage = stage;
    return 'OK';
  }

  settle(id: string, state: 'captured' | 'released', actual: number, only?: Stage): string {
    const hold = this.#holds.get(id);
    if (!hold || REFUSALS.includes(hold.state)) return 'UNKNOWN';
    if (hold.state !== 'held') return hold.state === state && hold.actual === actual ? 'REPLAY' : 'TERMINAL';
    if (state === 'captured' && (actual < 1 || actual > hold.ceiling)) return 'BAD_ARGUMENT';
    if (only && hold.stage !== only) return 'TOO_LATE';
    const { gift, ceiling } = Object.assign(hold, { state, actual });
    const back = Math.max(gift - actual, 0);
    this.#move({ gift: back, paid: ceiling - actual - back, held: -ceiling, spent: actual });
    for (const tally of hold.tallies) Object.assign(tally, { held: tally.held - ceiling, used: tally.used + actual });
    return 'OK';
  }

  #move(by: Partial<Funds>): void {
    for (const [name, change] of Object.entries(by)) this.funds[name as keyof Funds] += change;
  }

  #tally(whose: string, cap = Infinity): Tally {
    const tally = this.#tallies.get(whose) ?? { cap, used: 0, held: 0 };
    this.#tallies.set(whose, tally);
    return tally;
  }

  #once(id: string, request: string, act: () => void): string {
    const known = this.#operations.get(id);
    if (known === undefined) act();
    this.#operations.set(id, known ?? request);
    return known === undefined ? 'OK' : known === request ? 'REPLAY' : 'CONFLICT';
  }
}
