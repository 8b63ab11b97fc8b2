import { domainToASCII } from 'node:url';
import { z } from 'zod';

/**
 * An e-mail address as accounts are found by: trimmed, in lower case, its domain in ASCII. The part before the @ is
 * folded too, because no mail service in use tells `Ada@` from `ada@` and people type both.
 */
export const EmailAddress = z
  .string()
  .trim()
  .max(254)
  .transform((typed) => {
    const at = typed.lastIndexOf('@');
    return `${typed.slice(0, at).normalize('NFKC').toLowerCase()}@${domainToASCII(typed.slice(at + 1))}`;
  })
  .pipe(z.email());
