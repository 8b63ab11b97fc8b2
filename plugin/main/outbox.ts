import type { OutboxEntry } from '../../shared/bridge/kept.ts';
import { storage } from './storage.ts';

/** Keeps a clicked request until the broker has answered it. */
export async function keepRequest(entry: OutboxEntry): Promise<void> {
  const others = (await storage.outbox.read()) ?? [];
  await storage.outbox.write([...others.filter(({ ticket }) => ticket !== entry.ticket), entry]);
}

/** The broker has answered, or the request was given up. */
export async function dropRequest(ticket: string): Promise<void> {
  const entries = await storage.outbox.read();
  if (!entries?.some((entry) => entry.ticket === ticket)) return;
  const left = entries.filter((entry) => entry.ticket !== ticket);
  await storage.outbox.write(left.length > 0 ? left : null);
}

/** The requests of one document that were clicked on this machine and never answered. */
export async function unansweredRequests(documentId: string): Promise<OutboxEntry[]> {
  return ((await storage.outbox.read()) ?? []).filter((entry) => entry.documentId === documentId);
}
