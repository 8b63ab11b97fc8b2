import { afterEach, beforeEach, vi } from 'vitest';
import { openBrowser, openPlugin, type Site } from './test-site.ts';

/**
 * The time of one test file, for tests to move. The library reads the system's clock, so that is moved too; timers stay
 * real.
 */
export function startTestTime() {
  const now = { ms: Date.now() };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    now.ms = Date.now();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  return {
    clock: () => now.ms,
    pass(ms: number) {
      now.ms += ms;
      vi.setSystemTime(now.ms);
    },
  };
}

let people = 0;

/** The browser of somebody new, who has signed in. */
export async function signedInBrowser(site: Site) {
  const browser = openBrowser(site);
  const email = `person-${++people}@example.com`;
  await browser.signIn(email);
  return { ...browser, email };
}

/** A plugin that somebody new has let in, and its first tokens. */
export async function allowedPlugin(site: Site) {
  const plugin = openPlugin(site);
  const browser = await signedInBrowser(site);
  const { body: started } = await plugin.start();
  await browser.submit(`/activate?user_code=${started.user_code}`, { decision: 'allow' });
  const { body: tokens } = await plugin.poll(started.device_code);
  return { plugin, browser, tokens };
}
