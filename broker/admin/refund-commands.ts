import { type Command, InvalidArgumentError } from 'commander';
import { ulid } from 'ulid';
import { formatCredits, type Millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { PaymentAudit } from '../checkout/payment-audit.ts';
import type { Refundable } from '../checkout/refundable.ts';
import { listPools } from '../ledger/list-pools.ts';
import { type ActOptions, addActCommand } from './act-command.ts';
import type { OpenBooks } from './books.ts';
import { parseCredits } from './parse-credits.ts';
import type { Printer } from './printer.ts';
import { refundAll } from './refund-all.ts';
import { refundOne } from './refund-one.ts';

export interface RefundCommandsOptions {
  readonly open: OpenBooks;
  readonly printer: (json: boolean | undefined) => Printer;
  /** Who is at the terminal, when `--actor` does not say. */
  readonly user: string;
  /** Called when a refund was refused, or something is left to be done. */
  readonly fail: () => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** `refund`, `refund-all` and `reconcile`: what moves money between Stripe and the pools. */
export function addRefundCommands(program: Command, options: RefundCommandsOptions): void {
  const { open, printer, user, fail, clock } = options;
  const newId = () => ulid(clock()).toLowerCase();
  const change = (name: string, description: string) => addActCommand(program, name, user).description(description);

  change('refund', 'gives the unused credits of a payment back through Stripe')
    .argument('<payment>', 'Stripe’s id of it, such as pi_…')
    .option('--amount <credits>', 'only so many of its credits', parseCredits)
    .option('--id <id>', 'the refund’s id: under it, it happens once')
    .action(async (payment: string, given: ActOptions & { readonly amount?: Millicredits; readonly id?: string }) => {
      const { reason, actor, yes = false, json, id = newId() } = given;
      const { refundDesk: desk } = (await open()).openTill();
      const pool = await desk.poolOf(payment);
      const known = await desk.read({ pool, payment, id });
      const { amount, credits } = known
        ? { amount: known.amount, credits: null }
        : choose(await desk.listRefundable(pool), payment, given.amount);
      const order = { pool, payment, credits, amount, id, actor, reason, yes };
      if (!(await refundOne(desk, order, printer(json)))) fail();
    });

  change('refund-all', 'gives every unused bought credit back through Stripe; run it again if it breaks off')
    .option('--pool <pool>', 'of this pool only')
    .action(async ({ pool, reason, actor, yes = false, json }: ActOptions & { readonly pool?: string }) => {
      const { redis, openTill } = await open();
      const { refundDesk: desk } = openTill();
      const pools = pool === undefined ? await listPools(redis) : [pool];
      const command = { pools, reason, actor, yes, newId, now: clock() };
      if (!(await refundAll(desk, command, printer(json)))) fail();
    });

  program
    .command('reconcile')
    .description('finds now what Stripe’s webhooks did not bring; safe to repeat')
    .option('--days <days>', 'compares the ledger with Stripe’s balance of so many days, too', parseDays)
    .option('--json', 'one JSON object a line')
    .action(async ({ days, json }: { readonly days?: number; readonly json?: boolean }) => {
      const { reconciler, paymentAudit } = (await open()).openTill();
      const print = printer(json);
      const found = await reconciler.runOnce();
      if (!found) throw new InkpotError('broker_busy', { detail: 'A broker is reconciling at this moment' });
      const { checked, credited, failed } = found;
      print(found, `${checked} payments read again, ${credited} credited, ${failed} to be tried again`);
      if (failed > 0) fail();
      if (days !== undefined && !(await reportPayments(paymentAudit, days, clock(), print))) fail();
    });
}

const DAY_MS = 24 * 3600_000;

function parseDays(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days === 0) throw new InvalidArgumentError('say how many days back, such as 30');
  return days;
}

/** @returns whether the ledger says of all payments what Stripe says. */
async function reportPayments(
  { audit }: Pick<PaymentAudit, 'audit'>,
  days: number,
  now: number,
  print: Printer,
): Promise<boolean> {
  const { differing, ...counts } = await audit(now - days * DAY_MS, now);
  for (const difference of differing) {
    const { payment, pool, why } = difference;
    print(difference, `${payment}${pool ? ` (pool ${pool})` : ''}: ${why}`);
  }
  const { checked, putRight } = counts;
  print(
    { ...counts, differing: differing.length },
    `${checked} payments compared, ${putRight} put right, ${differing.length} differ`,
  );
  return differing.length === 0;
}

const WHY_NOT: Record<NonNullable<Refundable['obstacle']>, string> = {
  disputed: 'its dispute decides where the money goes',
  used: 'its credits are used',
  'nothing was charged': 'nothing was charged for it',
};

/** What goes back of a payment: all that is unused, or as much of it as was asked for. */
function choose(refundable: readonly Refundable[], payment: string, asked: Millicredits | undefined) {
  const found = refundable.find((one) => one.payment === payment);
  if (!found) throw new InkpotError('not_found', { detail: `${payment} is not credited: run reconcile first` });
  const { obstacle, unused } = found;
  if (obstacle)
    throw new InkpotError('conflict', { detail: `Nothing of ${payment} can go back: ${WHY_NOT[obstacle]}` });
  const credits = asked ?? unused;
  if (credits < 0 || credits > unused) {
    throw new InvalidArgumentError(`${formatCredits(unused)} of ${payment} are unused, and no more can go back`);
  }
  const amount = found.worth(credits);
  if (amount === 0) throw new InvalidArgumentError('that is worth less than a cent');
  return { credits, amount };
}
