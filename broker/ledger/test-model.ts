export const MOST = { open: 3, byMember: 2 };
const REFUSALS = ['NOT_A_MEMBER', 'FROZEN', 'TOO_MANY_BY_MEMBER', 'TOO_MANY', 'CAP', 'BUDGET', 'INSUFFICIENT'];

const NEW_PAYMENT = { origin: 'gift', credited: 0, upto: 0, target: 0, back: 0, left: 0 };
type Payment = typeof NEW_PAYMENT & { phases: Map<string, number> };
/** Its cost is its ceiling while it is held, and what was captured after that. */
type Hold = { id: string; memberId: string; tag: string; ceiling: number; gift: number; cost: number; end?: string };

const sum = (holds: Hold[]) => holds.reduce((total, { cost }) => total + cost, 0);
const open = (holds: Hold[]) => holds.filter(({ end }) => !end);
/** Phases of a dispute are told by their place in `inquiry`, `open`, `won`, `lost`. */
const isDisputed = ({ phases }: Payment) => [...phases.values()].includes(1);
const blockedOf = (payment: Payment) => (isDisputed(payment) ? Math.max(0, payment.left - payment.back) : 0);

/** A pool as design/ledger.md tells it, with its owner, `ada`. Each operation answers the code that the ledger must. */
export class LedgerModel {
  readonly #moved = { paid: 0, gift: 0, in: 0, out: 0, bought: 0 };
  readonly #holds: Hold[] = [];
  readonly #payments: Record<string, Payment> = {};
  readonly #answers: Record<string, { asked: string; code: string }> = {};
  /** What members (absent: not one of them) and tags may spend, in one period as no time passes; and `frozen`. */
  readonly #settings = new Map([['ada', Infinity]]);

  get funds() {
    const blocked = Object.values(this.#payments).reduce((total, payment) => total + blockedOf(payment), 0);
    return { ...this.#moved, held: sum(open(this.#holds)), spent: sum(this.#holds.filter(({ end }) => end)), blocked };
  }
  topup(id: string, origin: string, amount: number): string {
    return this.#once(`payment ${id}`, `${origin} ${amount}`, () => {
      this.#move({ [origin]: amount, in: amount, bought: origin === 'paid' ? amount : 0 });
      const payment = Object.assign(this.#payment(id), { origin, credited: amount, upto: this.#moved.bought });
      if (isDisputed(payment)) payment.left = this.#left(payment);
      this.clawTo(id, payment.target);
      return 'OK';
    });
  }
  clawTo(id: string, target: number, exact = false): string {
    const payment = this.#payment(id);
    payment.target = exact ? target : Math.max(target, payment.target);
    const amount = Math.min(payment.target, payment.credited) - payment.back;
    if (amount === 0) return payment.credited === 0 ? 'EARLY' : 'REPLAY';
    payment.back += amount;
    this.#move({ [payment.origin]: -amount, [amount > 0 ? 'out' : 'in']: Math.abs(amount) });
    return 'OK';
  }
  dispute(id: string, disputeId: string, phase: number): string {
    const payment = this.#payment(id);
    const old = payment.phases.get(disputeId) ?? -1;
    if (phase <= old) return phase === old ? 'REPLAY' : 'STALE';
    if (!isDisputed(payment)) payment.left = this.#left(payment, payment.back);
    payment.phases.set(disputeId, phase);
    return 'OK';
  }
  adjust(id: string, origin: 'paid' | 'gift', change: number): string {
    return this.#once(id, `adjust ${origin} ${change}`, () => {
      const { paid, gift, blocked, [origin]: most } = this.funds;
      const free = Math.min(most - (origin === 'paid' ? blocked : 0), paid + gift - blocked);
      if (change < 0 && free < -change) return 'INSUFFICIENT';
      const bought = origin === 'paid' ? Math.max(change, 0) : 0;
      return this.#move({ [origin]: change, [change > 0 ? 'in' : 'out']: Math.abs(change), bought });
    });
  }
  readonly set = (id: string, what: string, value: number) =>
    this.#once(id, `${what} ${value}`, () => this.#settings.set(what, value) && 'OK');
  hold(id: string, memberId: string, tag: string, ceiling: number, most = MOST): string {
    return this.#once(`hold ${id}`, `${memberId} ${tag} ${ceiling}`, () => {
      const { paid, gift: given, blocked } = this.funds;
      const [cap = -1, budget = Infinity, frozen] = [memberId, tag, 'frozen'].map((what) => this.#settings.get(what));
      const own = this.#holds.filter((hold) => hold.memberId === memberId);
      const tagged = this.#holds.filter((hold) => hold.tag === tag);
      const counts = [open(own).length >= most.byMember, open(this.#holds).length >= most.open];
      const sums = [sum(own) + ceiling > cap, sum(tagged) + ceiling > budget, paid + given - blocked < ceiling];
      const fault = [cap < 0, frozen === 1, ...counts, ...sums].indexOf(true);
      if (fault >= 0) return REFUSALS[fault] ?? '';
      const gift = Math.min(Math.max(given, 0), ceiling);
      this.#holds.push({ id, memberId, tag, ceiling, gift, cost: ceiling });
      return this.#move({ gift: -gift, paid: gift - ceiling });
    });
  }
  settle(id: string, end: 'captured' | 'released', actual: number): string {
    const hold = this.#holds.find((each) => each.id === id);
    if (!hold) return 'UNKNOWN';
    if (hold.end) return hold.end === end && hold.cost === actual ? 'REPLAY' : 'TERMINAL';
    if (end === 'captured' && (actual < 1 || actual > hold.ceiling)) return 'BAD_ARGUMENT';
    Object.assign(hold, { end, cost: actual });
    return this.#move({ gift: Math.max(hold.gift - actual, 0), paid: hold.ceiling - Math.max(hold.gift, actual) });
  }
  #move(by: Record<string, number>): string {
    for (const [name, change] of Object.entries(by)) this.#moved[name as 'paid'] += change;
    return 'OK';
  }
  /** What a dispute finds left, but for what was taken back: what was bought first is spent first, what is held counts. */
  #left({ origin, upto, credited }: Payment, back = 0): number {
    const { bought, paid, blocked } = this.funds;
    const newer = Object.values(this.#payments).filter((other) => other.origin === 'paid' && other.upto > upto);
    const aside = newer.reduce((total, other) => total + other.back + blockedOf(other), 0);
    const most = paid - blocked + back - (bought - upto - aside);
    return origin === 'gift' ? 0 : Math.max(0, Math.min(most, credited));
  }
  #payment(id: string): Payment {
    this.#payments[id] ??= { ...NEW_PAYMENT, phases: new Map() };
    return this.#payments[id];
  }
  /** An id keeps its first answer, also a refusal. */
  #once(id: string, asked: string, act: () => string): string {
    const first = this.#answers[id];
    if (first) return first.asked !== asked ? 'CONFLICT' : first.code === 'OK' ? 'REPLAY' : first.code;
    this.#answers[id] = { asked, code: act() };
    return this.#answers[id].code;
  }
}
