import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credits } from '../../shared/credits.ts';
import type { FakeEvent } from './fake-stripe/server.ts';
import { startTestCheckout, startTestRedis } from './test-checkout.ts';

const shop = await startTestCheckout(await startTestRedis(), { stripe: true });

const Fate = fc.constantFrom('card', 'bank says yes', 'bank says no', 'expires', 'walks away');
/** Between two steps of the purchase: deliver the n-th event so far, look at the return page, or reconcile. */
const Glance = fc.oneof(
  fc.record({ deliver: fc.nat(5) }),
  fc.constant('return page' as const),
  fc.constant('reconcile' as const),
);
const Glances = fc.array(Glance, { maxLength: 4 });

test('however events are lost, doubled and reordered, the pool ends with what was paid', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(Fate, Glances, Glances, Glances, async (fate, before, between, after) => {
      const ada = await shop.newPerson();
      const session = await shop.buy(ada);
      const topup = shop.stripe.sessions.get(session)?.metadata.topup;
      const events: FakeEvent[] = [];

      async function glance(glances: readonly (typeof before)[number][]): Promise<void> {
        for (const what of glances) {
          shop.time.now += 61_000;
          if (what === 'reconcile') await shop.checkout.reconciler?.runOnce();
          else if (what === 'return page')
            await ada.browser.get(`/checkout/return?pool=${ada.poolId}&topup=${topup}`).expect(200);
          else {
            const event = events[what.deliver % Math.max(events.length, 1)];
            if (event) expect(await shop.send(event)).toBe(200);
          }
        }
      }

      await glance(before);
      if (fate === 'card') events.push(shop.stripe.pay(session));
      if (fate === 'expires') events.push(shop.stripe.expire(session));
      if (fate.startsWith('bank')) events.push(shop.stripe.payLater(session));
      await glance(between);
      if (fate === 'bank says yes') events.push(shop.stripe.settleLater(session, 'succeeded'));
      if (fate === 'bank says no') events.push(shop.stripe.settleLater(session, 'failed'));
      await glance(after);

      shop.time.now += 61_000;
      expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ failed: 0 });
      const paid = fate === 'card' || fate === 'bank says yes';
      expect(await shop.available(ada.poolId)).toBe(paid ? credits(200) : 0);
      expect(await shop.topups(ada.poolId)).toBe(paid ? 1 : 0);

      shop.time.now += 2 * 3600_000;
      await shop.checkout.reconciler?.runOnce();
      expect(await shop.checkout.reconciler?.runOnce()).toMatchObject({ checked: 0 });
    }),
    { numRuns: 60 },
  );
});
