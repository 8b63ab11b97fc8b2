import { afterAll, vi } from 'vitest';

/** Files share their worker: a clock that one of them leaves standing would hang the next. */
afterAll(() => {
  if (!vi.isFakeTimers()) return;
  vi.useRealTimers();
  throw new Error('this file leaves a fake clock behind: vi.useRealTimers() after each test');
});
