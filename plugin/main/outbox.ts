import * as z from 'zod/mini';
import { OutboxEntry } from '../../shared/bridge/kept.ts';

const KEY = 'outbox';

/** What the panel calls all requests that cannot be read, in place of their tickets. */
const ASIDE = 'aside';

/** Keeps a clicked request until the broker has answered it. */
export function keepRequest(entry: OutboxEntry): Promise<void> {
  return replace(entry.ticket, [entry]);
}

/** The broker has answered, or the request was given up. */
export function dropRequest(ticket: string): Promise<void> {
  return replace(ticket, []);
}

async function replace(ticket: string, by: OutboxEntry[]): Promise<void> {
  const kept = await readAll();
  const others = kept.filter((entry) => ticketOf(entry) !== ticket);
  if (by[0] || others.length < kept.length) await figma.clientStorage.setAsync(KEY, [...others, ...by]);
}

/**
 * The requests that were clicked on this machine and never answered, and whether there are some that another version has
 * kept. They may be paid for, so they stay for a version that can read them, until a person gives them up.
 */
export async function readOutbox(): Promise<{ entries: OutboxEntry[]; aside: boolean }> {
  const kept = await readAll();
  const entries = kept.filter((entry): entry is OutboxEntry => ticketOf(entry) !== ASIDE);
  return { entries, aside: entries.length < kept.length };
}

async function readAll(): Promise<unknown[]> {
  return [(await figma.clientStorage.getAsync(KEY)) ?? []].flat();
}

function ticketOf(entry: unknown): string {
  return z.safeParse(OutboxEntry, entry).data?.ticket ?? ASIDE;
}
