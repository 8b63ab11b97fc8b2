import * as z from 'zod/mini';
import { OutboxEntry } from '../../shared/bridge/kept.ts';

const KEY = 'outbox';

/** Keeps a clicked request until the broker has answered it. */
export function keepRequest(entry: OutboxEntry): Promise<void> {
  return replace(entry.ticket, [entry]);
}

/** The broker has answered, or the request was given up. */
export function dropRequest(ticket: string): Promise<void> {
  return replace(ticket, []);
}

async function replace(ticket: string, by: OutboxEntry[]): Promise<void> {
  const { entries } = await readOutbox();
  const others = entries.filter((entry) => entry.ticket !== ticket);
  if (by.length + others.length !== entries.length || by[0]) await write(KEY, [...others, ...by]);
}

/**
 * The requests that were clicked on this machine and never answered, and whether some that another version had kept were
 * just put aside. They may be paid for, so they stay on this machine, under a key of their own.
 */
export async function readOutbox(): Promise<{ entries: OutboxEntry[]; aside: boolean }> {
  const kept = [(await figma.clientStorage.getAsync(KEY)) ?? []].flat();
  const entries = kept.filter((entry) => z.safeParse(OutboxEntry, entry).success);
  const aside = entries.length < kept.length;
  if (aside) {
    await write(KEY + Date.now(), kept);
    await write(KEY, entries);
  }
  return { entries, aside };
}

function write(key: string, entries: unknown[]): Promise<void> {
  return figma.clientStorage.setAsync(key, entries);
}
