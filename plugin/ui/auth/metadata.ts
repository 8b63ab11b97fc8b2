import * as z from 'zod/mini';

/** What the panel needs of the authorization server's metadata (RFC 8414 §2, RFC 8628 §4). */
export const Metadata = z.object({
  device_authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string(),
});
export type Metadata = z.infer<typeof Metadata>;

/** The plugin's name at the broker's authorization server. */
export const CLIENT_ID = 'inkpot-figma';
