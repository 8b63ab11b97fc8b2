import { describeSelection } from './describe-selection.ts';
import { documentId } from './document-id.ts';
import { unansweredRequests } from './outbox.ts';
import { listPlacements } from './placements.ts';
import { post } from './post.ts';
import { storage } from './storage.ts';

/** The panel is ready: tell it everything that was kept. */
export async function greetPanel(): Promise<void> {
  const document = documentId();
  const selection = describeSelection();
  post({
    type: 'start',
    documentId: document,
    session: await storage.session.read(),
    preferences: await storage.preferences.read(),
    selection,
    placements: listPlacements(),
    outbox: await unansweredRequests(document),
    reuse: figma.command === 'reuse' ? selection.receipt : null,
  });
}
