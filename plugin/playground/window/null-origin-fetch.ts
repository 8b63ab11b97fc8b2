import type { PluginRequest, PluginResponse } from '../api/services.ts';

type Answer = { readonly id: number; readonly response?: PluginResponse; readonly error?: string };

/** Runs inside a frame of opaque origin. Sent there as its source text. */
function serveFetches(): void {
  window.addEventListener('message', async (event: MessageEvent<{ id: number; request: PluginRequest }>) => {
    const { id, request } = event.data;
    const { url, body, ...init } = request;
    try {
      const sent = body === undefined ? {} : { body: body as BodyInit };
      const response = await fetch(url, { ...init, ...sent } as RequestInit);
      const answer: PluginResponse = {
        url: response.url,
        status: response.status,
        statusText: response.statusText,
        ok: response.ok,
        redirected: response.redirected,
        type: response.type,
        headers: Object.fromEntries(response.headers),
        body: new Uint8Array(await response.arrayBuffer()),
      };
      window.parent.postMessage({ id, response: answer }, '*');
    } catch (reason) {
      window.parent.postMessage({ id, error: String(reason instanceof Error ? reason.message : reason) }, '*');
    }
  });
}

/**
 * `fetch` for a plugin's main. Figma makes these requests from an origin of `null`, so that CORS applies to them; the host
 * page's own origin would hide a missing header.
 */
export function createNullOriginFetch(page: Document): (request: PluginRequest) => Promise<PluginResponse> {
  const frame = page.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Network of the sandbox';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = `<script>(${serveFetches.toString()})()</script>`;
  const ready = new Promise<void>((resolve) => frame.addEventListener('load', () => resolve(), { once: true }));
  page.body.append(frame);

  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  page.defaultView?.addEventListener('message', (event: MessageEvent<Answer>) => {
    if (event.source !== frame.contentWindow) return;
    waiting.get(event.data.id)?.(event.data);
    waiting.delete(event.data.id);
  });

  return async (request) => {
    await ready;
    lastId += 1;
    const id = lastId;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      frame.contentWindow?.postMessage({ id, request }, '*');
    });
    if (answer.response === undefined) throw new TypeError(answer.error ?? 'Failed to fetch');
    return answer.response;
  };
}
