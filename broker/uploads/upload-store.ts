/** Where the bytes of pictures that people give to models are kept. */
export interface UploadStore {
  putUpload(assetId: string, bytes: Uint8Array): Promise<void>;
  /** @returns null when there is no such picture. */
  readUpload(assetId: string): Promise<Uint8Array | null>;
  dropUpload(assetId: string): Promise<void>;
}
