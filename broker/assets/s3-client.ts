import type { S3Client } from '@aws-sdk/client-s3';

/** Which bucket, and how to get in. */
export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Any server that speaks S3; Amazon's own when left out. */
  readonly endpoint?: string | undefined;
  /** What the machine itself is let in with (its role, its profile) when left out. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** How long the server may be silent before a try is given up, in ms. */
  readonly silence?: number;
}

/** As long as a client may be silent that is being handed a file: the bucket waits for it meanwhile. */
const SILENCE = 60_000;

const CONNECT = 10_000;

/**
 * A client for a bucket. Left to itself it waits for a silent server for ever, and whoever waits for it holds a decoder
 * and somebody's credits; so each of its three tries has an end.
 */
export async function connectS3({ region, endpoint, credentials, silence = SILENCE }: S3Settings): Promise<S3Client> {
  // Only a broker that has a bucket loads it.
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
    requestHandler: { connectionTimeout: CONNECT, socketTimeout: silence },
    // Servers that speak S3 are older than the checksums that the client would add to every request.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
