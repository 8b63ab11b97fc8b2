import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { LogEntry } from '../ledger/read-log.ts';
import type { ArchiveStore } from './archive-store.ts';
import { BrokenChainError, type ChainLink, follow, fromLine, toLine } from './chain.ts';

const [compress, expand] = [promisify(gzip), promisify(gunzip)];

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Which segment of a pool's archive, and what its manifest's bytes hash to (SHA-256). */
export const SegmentName = z.object({ first: z.int().positive(), last: z.int().positive(), manifest: Sha256 });
export type SegmentName = z.infer<typeof SegmentName>;

/**
 * What a segment has: some entries of one pool without a gap, as gzipped lines. It holds no time and nothing random, so
 * that a segment which is written again after a crash is the same, byte for byte.
 */
const Manifest = z.object({
  pool: z.string(),
  rows: z.int().positive(),
  first: z.int().positive(),
  last: z.int().positive(),
  /** Of the gzipped file. */
  sha256: Sha256,
  /** The ledger's hash of the last entry, and the chain of the files up to it. */
  head: z.string(),
  chain: z.string(),
  /** The segment before; null for a pool's first. */
  previous: SegmentName.nullable(),
});
type Manifest = z.infer<typeof Manifest>;

interface NewSegment {
  readonly poolId: string;
  readonly entries: readonly LogEntry[];
  /** Where the chain stood before them. */
  readonly after: ChainLink;
  readonly previous: SegmentName | null;
}

/**
 * Keeps entries, then their manifest.
 * @throws BrokenChainError when they do not follow from what was archived before.
 */
export async function writeSegment(store: ArchiveStore, segment: NewSegment) {
  const { poolId, entries, after, previous } = segment;
  let link = after;
  let text = '';
  for (const entry of entries) {
    link = follow(link, entry);
    text += toLine(entry, link);
  }
  const bytes = await compress(text);
  const { seq: last, head, chain } = link;
  const first = after.seq + 1;
  const manifest = { pool: poolId, rows: entries.length, first, last, sha256: sha256(bytes), head, chain, previous };
  const manifestBytes = Buffer.from(JSON.stringify(Manifest.parse(manifest)));
  const path = pathOf(poolId, { first, last });
  await store.put(`${path}.ndjson.gz`, bytes);
  await store.put(`${path}.json`, manifestBytes);
  return { link, name: { first, last, manifest: sha256(manifestBytes) } };
}

/**
 * A segment's manifest.
 * @throws BrokenChainError when it is missing, or is not the one that was named.
 */
export async function readManifest(store: ArchiveStore, poolId: string, name: SegmentName): Promise<Manifest> {
  const path = `${pathOf(poolId, name)}.json`;
  const bytes = await store.get(path);
  if (!bytes) throw new BrokenChainError(`${path} is missing`);
  if (sha256(bytes) !== name.manifest) throw new BrokenChainError(`${path} is not the manifest that was written`);
  return Manifest.parse(JSON.parse(Buffer.from(bytes).toString()));
}

/**
 * The entries of a segment, checked against its manifest and what was before it.
 * @throws BrokenChainError when they do not match.
 */
export async function readSegment(store: ArchiveStore, manifest: Manifest, after: ChainLink) {
  const path = `${pathOf(manifest.pool, manifest)}.ndjson.gz`;
  const bytes = await store.get(path);
  if (!bytes) throw new BrokenChainError(`${path} is missing`);
  if (sha256(bytes) !== manifest.sha256) throw new BrokenChainError(`${path} is not the file of its manifest`);
  const read: (LogEntry & { readonly link: ChainLink })[] = [];
  let link = after;
  for (const line of (await expand(bytes)).toString().trimEnd().split('\n')) {
    const one = fromLine(line, link);
    read.push(one);
    link = one.link;
  }
  if (link.seq !== manifest.last || link.chain !== manifest.chain || read.length !== manifest.rows) {
    throw new BrokenChainError(`${path} does not end as its manifest says`);
  }
  return read;
}

function pathOf(poolId: string, { first, last }: Pick<SegmentName, 'first' | 'last'>): string {
  return `segments/${poolId}/${first}-${last}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
