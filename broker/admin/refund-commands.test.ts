import { Command } from 'commander';
import { expect, test } from 'vitest';
import { createPrinter } from './printer.ts';
import { addRefundCommands } from './refund-commands.ts';
import { startTestRefunds } from './test-refunds.ts';

const { redis, shop, clock, open, buyer, buyMore, spend, deliver, refundsOf } = await startTestRefunds();

/** Runs a command line, and gives what it printed, a line of JSON each, and whether all was well. */
async function admin(...args: string[]) {
  const lines: Record<string, unknown>[] = [];
  let ok = true;
  const program = new Command('admin').exitOverride().configureOutput({ writeErr: () => {} });
  addRefundCommands(program, {
    open,
    printer: () => createPrinter((line) => void lines.push(JSON.parse(line)), true),
    user: 'eva',
    clock,
    fail: () => {
      ok = false;
    },
  });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(args, { from: 'user' });
  return { lines, ok };
}

const WHY = ['--reason', 'asked by mail'];

test('a refund is told first, done with --yes, and kept with who and why', async () => {
  const ada = await buyer();
  await spend(ada, 50_000);
  const dry = await admin('refund', ada.payment, ...WHY);
  expect(dry.lines).toMatchObject([{ code: 'DRY_RUN', credits: 150_000, amount: 750, pool: ada.poolId }]);
  expect(await shop.available(ada.poolId)).toBe(150_000);

  const refund = ['refund', ada.payment, '--amount', '100', '--id', 'r_1', ...WHY, '--yes'];
  expect(await admin(...refund)).toMatchObject({ ok: true, lines: [{ code: 'OK', amount: 500 }] });
  expect(await admin(...refund)).toMatchObject({ ok: true, lines: [{ code: 'REPLAY', amount: 500 }] });
  await deliver();
  expect(refundsOf(ada.payment)).toEqual([500]);
  expect(await shop.available(ada.poolId)).toBe(50_000);
  const [entry] = await shop.ledger.listEntries(ada.poolId, { limit: 1 });
  expect(entry).toMatchObject({ kind: 'clawback', actor: 'operator:eva', reference: 'refund r_1: asked by mail' });
});

test('only what is unused goes back, the oldest being spent first, and what is disputed is left to its dispute', async () => {
  const ada = await buyer();
  const second = await buyMore(ada);
  await spend(ada, 250_000);
  await expect(admin('refund', ada.payment, ...WHY)).rejects.toThrow('its credits are used');
  await expect(admin('refund', second, '--amount', '150.1', ...WHY)).rejects.toThrow('150 credits of');
  const third = await buyMore(ada);
  shop.stripe.dispute(third);
  await deliver();
  await expect(admin('refund', third, ...WHY)).rejects.toThrow('dispute');
  expect(await admin('refund', second, ...WHY, '--yes')).toMatchObject({ lines: [{ code: 'OK', amount: 750 }] });
  expect(await shop.ledger.readPool(ada.poolId)).toMatchObject({ paid: 200_000, blocked: 200_000, available: 0 });
});

test('refund-all counts what it would give back, gives it, and then finds nothing more', async () => {
  const [ada, bob] = [await buyer(), await buyer()];
  await spend(bob, 1_000);
  const all = ['refund-all', ...WHY];
  const dry = await admin(...all);
  const ofPool = ({ poolId }: { poolId: string }) => dry.lines.filter(({ pool }) => pool === poolId);
  expect(ofPool(ada)).toMatchObject([{ credits: 200_000, amount: 1_000, code: 'DRY_RUN' }]);
  expect(ofPool(bob)).toMatchObject([{ credits: 199_000, amount: 995, code: 'DRY_RUN' }]);
  const { refunds } = dry.lines.at(-1) as { refunds: number };
  expect(refundsOf(ada.payment)).toEqual([]);

  shop.stripe.failWhen((request) => (request === `GET /v1/payment_intents/${ada.payment}` ? 401 : undefined));
  const broken = await admin(...all, '--yes');
  expect([broken.ok, broken.lines.at(-1)]).toMatchObject([false, { refunds: refunds - 1, failed: 1 }]);
  shop.stripe.failWhen(() => undefined);
  const rest = await admin(...all, '--yes');
  expect([rest.ok, rest.lines.at(-1)]).toMatchObject([true, { refunds: 1, credits: 200_000, failed: 0, code: 'OK' }]);
  expect((await admin(...all, '--yes')).lines).toMatchObject([{ refunds: 0, amount: 0 }]);
  expect([refundsOf(ada.payment), refundsOf(bob.payment)]).toEqual([[1_000], [995]]);
});

test('reconcile finds a payment that no webhook told of', async () => {
  const ada = await shop.newPerson();
  shop.stripe.pay(await shop.buy(ada));
  shop.time.now += 2 * 60_000;
  expect(await admin('reconcile')).toMatchObject({ ok: true, lines: [{ credited: 1, failed: 0 }] });
  expect(await shop.available(ada.poolId)).toBe(200_000);
});

test('reconcile compares the ledger with so many days of Stripe’s balance, and names what differs', async () => {
  const [sold, differs] = [await buyer(), await buyer()];
  shop.stripe.refund(sold.payment);
  shop.time.now += 2 * 60_000;
  expect(await admin('reconcile', '--days', '2')).toMatchObject({
    ok: true,
    lines: [{}, { putRight: 0, differing: 0 }],
  });
  await redis.hIncrBy(`p:{${differs.poolId}}:${differs.payment}`, 'credited', 1_000);
  const { ok, lines } = await admin('reconcile', '--days', '2');
  expect([ok, lines.slice(1)]).toMatchObject([
    false,
    [
      { payment: differs.payment, pool: differs.poolId, why: expect.stringContaining('201 credits were credited') },
      { differing: 1 },
    ],
  ]);
  expect(await shop.ledger.readPool(differs.poolId)).toMatchObject({ status: 'active' });
  await redis.hIncrBy(`p:{${differs.poolId}}:${differs.payment}`, 'credited', -1_000);
});

test.each([
  ['no days', ['reconcile', '--days', '0']],
  ['days that are none', ['reconcile', '--days', 'a week']],
  ['no reason', ['refund', 'pi_1']],
  ['a payment that Stripe does not know', ['refund', 'pi_1', ...WHY]],
  ['less than a cent', ['refund', 'PAYMENT', '--amount', '0.1', ...WHY]],
  ['less than nothing', ['refund', 'PAYMENT', '--amount', '-1', ...WHY]],
])('refused: %s', async (_what, args) => {
  const { payment } = await buyer();
  await expect(admin(...args.map((arg) => (arg === 'PAYMENT' ? payment : arg)))).rejects.toThrow();
});
