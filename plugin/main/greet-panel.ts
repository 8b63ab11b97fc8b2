import { describeSelection } from './describe-selection.ts';
import { documentId } from './document-id.ts';
import { readOutbox } from './outbox.ts';
import { listPlacements } from './placements.ts';
import { post } from './post.ts';
import { storage } from './storage.ts';

/** The panel is ready: tell it everything that was kept. */
export async function greetPanel(): Promise<void> {
  const document = documentId();
  const { entries, aside } = await readOutbox();
  const selection = describeSelection();
  post({
    type: 'start',
    documentId: document,
    session: await storage.session.read(),
    preferences: await storage.preferences.read(),
    selection,
    placements: listPlacements(),
    outbox: entries.filter((entry) => entry.documentId === document),
    aside,
    reuse: figma.command === 'reuse' ? selection.receipt : null,
  });
}
