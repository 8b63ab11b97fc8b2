import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that nothing can be mistaken for a 1 or a 0 and no word comes about. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Drawn at random, 5 bits each: 90 bits cannot be guessed, so a fast hash keeps them safe. */
const RANDOM_SYMBOLS = 18;

/** Follow from the others, so that all but one of 1,024 slips are told as such, and cost nobody a try. */
const CHECK_SYMBOLS = 2;

const GROUP = 5;

/** A new code as it is handed to people: `7KQ2M-9XW4T-0HZ8C-5RVN3`. */
export function newCode(): string {
  // 256 is a multiple of 32, so every symbol is as likely as any other.
  const symbols = Array.from(randomBytes(RANDOM_SYMBOLS), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  const whole = symbols + checkOf(symbols);
  return Array.from({ length: whole.length / GROUP }, (_, n) => whole.slice(n * GROUP, (n + 1) * GROUP)).join('-');
}

/** The symbols of a code as somebody typed it: in any case, with any dashes and spaces. Null for what is no code. */
export function readCode(typed: string): string | null {
  const symbols = typed
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0');
  if (symbols.length !== RANDOM_SYMBOLS + CHECK_SYMBOLS) return null;
  const random = symbols.slice(0, RANDOM_SYMBOLS);
  return symbols === random + checkOf(random) ? symbols : null;
}

/** What is kept of a code, and what the operator calls it by: 96 bits of its hash. */
export function codeIdOf(symbols: string): string {
  return createHash('sha256').update(`gift code:${symbols}`).digest('hex').slice(0, 24);
}

function checkOf(symbols: string): string {
  const hash = createHash('sha256').update(`gift code check:${symbols}`).digest();
  return Array.from(hash.subarray(0, CHECK_SYMBOLS), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
