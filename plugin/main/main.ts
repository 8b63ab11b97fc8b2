import { parseMessage } from '../../shared/bridge/message.ts';
import { ToMain } from '../../shared/bridge/to-main.ts';
import { describeSelection } from './describe-selection.ts';
import { exportSelection } from './export-selection.ts';
import { greetPanel } from './greet-panel.ts';
import { dropRequest } from './outbox.ts';
import { placePicture } from './place-picture.ts';
import { readPlacement, writePlacement } from './placements.ts';
import { post } from './post.ts';
import { releasePlaces } from './release-places.ts';
import { reservePlaces } from './reserve-places.ts';
import { resizePanel, showPanel } from './show-panel.ts';
import { showProgress } from './show-progress.ts';
import { storage } from './storage.ts';
import { readSession, storeSession } from './store-session.ts';

async function handle(message: ToMain): Promise<void> {
  switch (message.type) {
    case 'ready':
      return greetPanel();
    case 'resize':
      return resizePanel(message.width, message.height, message.done);
    case 'open-link':
      return figma.openExternal(message.url);
    case 'notify':
      return void figma.notify(message.message, { error: message.error });
    case 'save-preferences':
      return storage.preferences.write(message.preferences);
    case 'read-session':
      return readSession(message.call);
    case 'store-session':
      return storeSession(message.call, message.session);
    case 'reserve':
      return reservePlaces(message);
    case 'confirm':
      return confirm(message.ticket, message.generationId);
    case 'progress':
      return showProgress(message.ticket, message.label);
    case 'draw-selection':
      return exportSelection();
    case 'place':
      return place(message);
    case 'release':
      return releasePlaces(message.ticket);
    default:
      return message satisfies never;
  }
}

async function confirm(ticket: string, generationId: string): Promise<void> {
  const placement = readPlacement(ticket);
  if (placement) writePlacement({ ...placement, generationId });
  await dropRequest(ticket);
}

async function place(message: Extract<ToMain, { type: 'place' }>): Promise<void> {
  const { ticket, index } = message;
  try {
    post({ type: 'placed', ticket, index, ...(await placePicture(message)) });
  } catch {
    post({ type: 'placed', ticket, index, outcome: 'failed', message: null });
  }
}

// One message at a time: a picture must not land while its placeholder is still being drawn or already being removed.
let queue: Promise<void> = Promise.resolve();

figma.ui.onmessage = (raw: unknown) => {
  const message = parseMessage(ToMain, raw);
  if (!message) {
    // biome-ignore lint/suspicious/noConsole: the console is the only place where a developer sees a foreign message
    console.error('Inkpot does not know this message', raw);
    return;
  }
  queue = queue
    .then(() => handle(message))
    .catch((error: unknown) => {
      // biome-ignore lint/suspicious/noConsole: what went wrong inside Figma, only a developer can read
      console.error(error);
      post({ type: 'failed', what: message.type });
    });
};

const tellSelection = () => post({ type: 'selection', selection: describeSelection() });
figma.on('selectionchange', tellSelection);
figma.on('currentpagechange', tellSelection);

showPanel();
