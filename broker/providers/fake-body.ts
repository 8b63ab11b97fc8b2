import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A file that came in a form. */
export interface FakeUpload {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** What a request brought, read as a provider would: JSON, or a form with its files. */
export interface FakeBody {
  readonly type: 'json' | 'form';
  readonly fields: Readonly<Record<string, unknown>>;
  /** In the order in which they came. */
  readonly files: readonly (FakeUpload & { readonly field: string })[];
}

/** Reads a request's body by the content type that it names. */
export async function readBody(req: IncomingMessage): Promise<FakeBody> {
  const body = await buffer(req);
  const contentType = req.headers['content-type'] ?? '';
  if (!contentType.startsWith('multipart/form-data')) {
    return { type: 'json', fields: JSON.parse(body.toString() || '{}'), files: [] };
  }
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const fields: Record<string, unknown> = {};
  const files: (FakeUpload & { field: string })[] = [];
  for (const [field, value] of form) {
    if (typeof value === 'string') fields[field] = value;
    else
      files.push({ field, name: value.name, contentType: value.type, bytes: Buffer.from(await value.arrayBuffer()) });
  }
  return { type: 'form', fields, files };
}
