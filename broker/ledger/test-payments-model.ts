export const PHASES = ['inquiry', 'open', 'won', 'lost'] as const;

export type Origin = 'paid' | 'gift';
type Phase = (typeof PHASES)[number];

interface Payment extends Record<'credited' | 'upto' | 'target' | 'back' | 'blocked', number> {
  origin: Origin;
  readonly phases: Map<string, Phase>;
}

const isOpen = ({ phases }: Payment) => [...phases.values()].includes('open');

/** What payments bring, and what refunds and disputes do to it. Each method answers the code that the ledger must. */
export class PaymentsModel {
  readonly funds = { paid: 0, gift: 0, held: 0, in: 0, spent: 0, out: 0, blocked: 0 };
  protected bought = 0;
  readonly #payments = new Map<string, Payment>();

  clawTo(id: string, target: number, exact = false): string {
    const payment = this.#payment(id);
    payment.target = exact ? target : Math.max(target, payment.target);
    const amount = Math.min(payment.target, payment.credited) - payment.back;
    if (amount === 0) return payment.credited === 0 ? 'EARLY' : 'REPLAY';
    payment.back += amount;
    this.move({ [payment.origin]: -amount, [amount > 0 ? 'out' : 'in']: Math.abs(amount) });
    if (amount < 0 && isOpen(payment)) this.#block(payment, this.#unspent(payment));
    else this.#block(payment, Math.min(payment.blocked, payment.credited - payment.back));
    return 'OK';
  }

  dispute(id: string, dispute: string, phase: Phase): string {
    const payment = this.#payment(id);
    const old = payment.phases.get(dispute);
    if (phase === old) return 'REPLAY';
    if (old && PHASES.indexOf(phase) < PHASES.indexOf(old)) return 'STALE';
    const wasOpen = isOpen(payment);
    payment.phases.set(dispute, phase);
    if (wasOpen !== isOpen(payment)) this.#block(payment, wasOpen ? 0 : this.#unspent(payment));
    return 'OK';
  }

  protected credit(id: string, origin: Origin, amount: number): void {
    this.move({ [origin]: amount, in: amount });
    if (origin === 'paid') this.bought += amount;
    const payment = Object.assign(this.#payment(id), { origin, credited: amount, upto: this.bought });
    this.clawTo(id, payment.target);
    if (isOpen(payment)) this.#block(payment, this.#unspent(payment));
  }

  protected move(by: Partial<typeof this.funds>): string {
    for (const [name, change] of Object.entries(by)) this.funds[name as keyof typeof this.funds] += change;
    return 'OK';
  }

  /** What was bought first is spent first; what is held counts as spent, and nothing is blocked twice. */
  #unspent({ origin, upto, credited, back }: Payment): number {
    const { paid, blocked } = this.funds;
    const left = Math.min(upto - this.bought + paid, credited - back, paid - blocked);
    return origin === 'gift' ? 0 : Math.max(0, left);
  }

  #block(payment: Payment, blocked: number): void {
    this.move({ blocked: blocked - payment.blocked });
    payment.blocked = blocked;
  }

  #payment(id: string): Payment {
    const none = { origin: 'gift', credited: 0, upto: 0, target: 0, back: 0, blocked: 0, phases: new Map() } as const;
    const payment = this.#payments.get(id) ?? { ...none };
    this.#payments.set(id, payment);
    return payment;
  }
}
