/** The one public client of the authorization server: the plugin. */
export const PLUGIN_CLIENT = 'inkpot-figma';

/** What an access token allows: everything that the plugin does in the name of its person. */
export const API_SCOPE = 'generate';

/** How the plugin trades a device code for tokens (RFC 8628 §3.4). */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Who issues our tokens. @param publicUrl without a slash at its end. */
export function issuerOf(publicUrl: string): string {
  return `${publicUrl}/oauth`;
}

/** Whom our access tokens are for. @param publicUrl without a slash at its end. */
export function audienceOf(publicUrl: string): string {
  return `${publicUrl}/v1`;
}
