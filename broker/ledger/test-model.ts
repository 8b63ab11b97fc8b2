import { type Origin, PaymentsModel } from './test-payments-model.ts';

export const MOST_OPEN = 3;
export const MOST_BY_MEMBER = 2;
const REFUSALS = ['NOT_A_MEMBER', 'FROZEN', 'TOO_MANY_BY_MEMBER', 'TOO_MANY', 'CAP', 'BUDGET', 'INSUFFICIENT'];

/** Of a member or a tag: no time passes here, so all periods are one. Who is no member has a cap of −1. */
type Tally = Record<'cap' | 'used' | 'held', number>;

/** Its state is `held`, how it ended, or why it was refused. */
interface Hold extends Record<'ceiling' | 'gift' | 'actual', number> {
  readonly asked: string;
  readonly tallies: readonly Tally[];
  state: string;
}

/** A pool as design/ledger.md tells it, with its owner, `ada`. Each method answers the code that the ledger must. */
export class LedgerModel extends PaymentsModel {
  #frozen = false;
  readonly #operations = new Map<string, { asked: string; code: string }>();
  readonly #holds = new Map<string, Hold>();
  readonly #tallies = new Map<string, Tally>([['ada', { cap: Infinity, used: 0, held: 0 }]]);

  topup(id: string, origin: Origin, amount: number): string {
    return this.#once(`payment ${id}`, `${origin} ${amount}`, () => this.credit(id, origin, amount));
  }

  setCap(id: string, whose: string, cap: number): string {
    return this.#once(id, `${whose} ${cap}`, () => Object.assign(this.#tally(whose), { cap }));
  }

  setFrozen(id: string, frozen: boolean): string {
    return this.#once(id, `frozen ${frozen}`, () => {
      this.#frozen = frozen;
    });
  }

  adjust(id: string, origin: Origin, change: number): string {
    return this.#once(id, `adjust ${origin} ${change}`, () => {
      const { paid, gift, blocked } = this.funds;
      const most = Math.min(this.funds[origin], paid + gift) - (origin === 'paid' ? blocked : 0);
      if (-change > most) return 'INSUFFICIENT';
      if (origin === 'paid') this.bought += Math.max(change, 0);
      return this.move({ [origin]: change, [change > 0 ? 'in' : 'out']: Math.abs(change) });
    });
  }

  hold(id: string, member: string, tag: string, ceiling: number): string {
    const asked = `${member} ${tag} ${ceiling}`;
    const known = this.#holds.get(id);
    if (known) return known.asked !== asked ? 'CONFLICT' : REFUSALS.includes(known.state) ? known.state : 'REPLAY';
    const { paid, gift: given, blocked } = this.funds;
    const tallies = [this.#tally(member, -1), this.#tally(tag)];
    const [capped, overspent] = tallies.map(({ cap, used, held }) => used + held + ceiling > cap);
    const open = [...this.#holds.values()].filter(({ state }) => state === 'held');
    const byMember = open.filter((hold) => hold.tallies[0] === tallies[0]).length >= MOST_BY_MEMBER;
    const tooMany = open.length >= MOST_OPEN;
    const short = paid + given - blocked < ceiling;
    const refusals = [tallies[0]?.cap === -1, this.#frozen, byMember, tooMany, capped, overspent, short];
    const state = REFUSALS[refusals.indexOf(true)] ?? 'held';
    const gift = Math.min(Math.max(given, 0), ceiling);
    this.#holds.set(id, { asked, ceiling, gift, tallies, state, actual: 0 });
    if (state !== 'held') return state;
    for (const tally of tallies) tally.held += ceiling;
    return this.move({ gift: -gift, paid: gift - ceiling, held: ceiling });
  }

  settle(id: string, state: 'captured' | 'released', actual: number): string {
    const hold = this.#holds.get(id);
    if (!hold || REFUSALS.includes(hold.state)) return 'UNKNOWN';
    if (hold.state !== 'held') return hold.state === state && hold.actual === actual ? 'REPLAY' : 'TERMINAL';
    if (state === 'captured' && (actual < 1 || actual > hold.ceiling)) return 'BAD_ARGUMENT';
    const { gift, ceiling, tallies } = Object.assign(hold, { state, actual });
    for (const tally of tallies) Object.assign(tally, { held: tally.held - ceiling, used: tally.used + actual });
    const back = Math.max(gift - actual, 0);
    return this.move({ gift: back, paid: ceiling - actual - back, held: -ceiling, spent: actual });
  }

  #tally(whose: string, cap = Infinity): Tally {
    const tally = this.#tallies.get(whose) ?? { cap, used: 0, held: 0 };
    this.#tallies.set(whose, tally);
    return tally;
  }

  #once(id: string, asked: string, act: () => unknown): string {
    const known = this.#operations.get(id);
    if (known) return known.asked !== asked ? 'CONFLICT' : known.code === 'OK' ? 'REPLAY' : known.code;
    const code = act() === 'INSUFFICIENT' ? 'INSUFFICIENT' : 'OK';
    this.#operations.set(id, { asked, code });
    return code;
  }
}
