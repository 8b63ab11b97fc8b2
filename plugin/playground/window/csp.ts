import type { NetworkAccess } from '../../manifest/manifest.ts';
import { effectiveDomains } from '../../manifest/network-rule.ts';

const WEB_FONTS = 'https://static.figma.com/webfont/';

/**
 * The policy of a plugin's UI, as Figma derives it from the manifest: one `default-src` for everything, inline code allowed.
 * Null when nothing is restricted (source: figma-tokens/design-tokens#302; assumptions `csp-script`, `csp-none`).
 */
export function contentSecurityPolicy(
  access: NetworkAccess | undefined,
  mode: 'development' | 'published',
): string | null {
  const domains = effectiveDomains(access, mode);
  if (domains === null) return null;
  const sources = ['data:', 'blob:', ...domains].join(' ');
  return [
    `default-src ${sources}`,
    `script-src 'unsafe-inline' 'unsafe-eval' ${sources}`,
    `style-src 'unsafe-inline' ${sources}`,
    `font-src ${WEB_FONTS} ${sources}`,
  ].join('; ');
}
