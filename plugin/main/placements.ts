import { Placement } from '../../shared/bridge/kept.ts';
import { readPluginData } from './plugin-data.ts';

/**
 * The pictures that this document waits for. One entry of the document's plugin data for each ticket, so that two people
 * who generate at once do not overwrite each other, and so that no entry comes near Figma's limit of 100 kB.
 */
const PREFIX = 'placement:';

/**
 * The same of this run. Plugin data is part of Figma's undo: a designer who undoes while waiting takes a placement away
 * with its frame, and the picture that was paid for must land all the same.
 */
const waiting = new Map<string, Placement>();

export function readPlacement(ticket: string): Placement | null {
  return readPluginData(figma.root, PREFIX + ticket, Placement) ?? waiting.get(ticket) ?? null;
}

export function writePlacement(placement: Placement): void {
  waiting.set(placement.ticket, placement);
  figma.root.setPluginData(PREFIX + placement.ticket, JSON.stringify(placement));
}

export function forgetPlacement(ticket: string): void {
  waiting.delete(ticket);
  figma.root.setPluginData(PREFIX + ticket, '');
}

/** Every placement of this document, oldest first. */
export function listPlacements(): Placement[] {
  return figma.root
    .getPluginDataKeys()
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => readPlacement(key.slice(PREFIX.length)))
    .filter((placement) => placement !== null)
    .sort((a, b) => a.createdAt - b.createdAt);
}
