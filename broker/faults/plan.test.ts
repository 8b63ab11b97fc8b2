import { expect, test } from 'vitest';
import { planRounds, WHOLE } from './plan.ts';
import { POINTS } from './points.ts';
import { TCP_FAULTS } from './redis-proxy.ts';

test('a seed alone makes the plan, and another seed another one', () => {
  expect(planRounds(100, 7)).toEqual(planRounds(100, 7));
  expect(planRounds(100, 7)).not.toEqual(planRounds(100, 8));
});

test('a whole plan kills the broker at every point, Redis and both at random, and has every broken connection', () => {
  const plan = planRounds(WHOLE, 1);
  const kills = plan.flatMap(({ point, fault }) => ('kill' in fault ? [{ at: point.name, who: fault.kill }] : []));
  const at = (who: string) => kills.filter((kill) => kill.who === who).map((kill) => kill.at);
  expect(at('broker').toSorted()).toEqual(POINTS.map(({ name }) => name).toSorted());
  expect([at('redis').length, at('both').length]).toEqual([5, 5]);
  const harms = plan.flatMap(({ fault }) => ('harm' in fault ? [fault.harm] : []));
  expect(harms.toSorted()).toEqual(TCP_FAULTS.toSorted());
});
