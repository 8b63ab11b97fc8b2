import type { StoredSession } from '../../shared/bridge/kept.ts';
import { post } from './post.ts';
import { storage } from './storage.ts';

/**
 * Stores the sign-in, and answers only then: the panel lets go of the old refresh token when it hears this, so that a
 * panel closed in between never loses both.
 * @throws when Figma could not store it.
 */
export async function storeSession(call: number, session: StoredSession | null): Promise<void> {
  await storage.session.write(session);
  await readSession(call);
}

/** Answers with the stored sign-in: another open file may have renewed it meanwhile. */
export async function readSession(call: number): Promise<void> {
  post({ type: 'session', call, session: await storage.session.read() });
}
