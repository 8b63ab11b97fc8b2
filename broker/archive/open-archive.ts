import { join } from 'node:path';
import type { S3Settings } from '../assets/s3-client.ts';
import type { ArchiveStore } from './archive-store.ts';
import { createDiskArchive } from './disk-archive.ts';
import { openS3Archive } from './s3-archive.ts';

export interface ArchiveSettings {
  readonly dataDir: string;
  /** null where everything is on this machine's disk. */
  readonly s3: S3Settings | null;
}

/** Where this broker's archive is: in its bucket if it has one, else in its data directory. */
export async function openArchive({ dataDir, s3 }: ArchiveSettings): Promise<ArchiveStore> {
  return s3 ? openS3Archive(s3) : createDiskArchive(join(dataDir, 'archive'));
}
