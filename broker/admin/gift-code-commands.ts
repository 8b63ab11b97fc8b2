import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { formatCredits, type Millicredits } from '../../shared/credits.ts';
import { InkpotError } from '../../shared/errors.ts';
import type { GiftCodes } from '../gifts/gift-codes.ts';
import { type ActOptions, addActCommand } from './act-command.ts';
import { parseCredits } from './parse-credits.ts';
import type { Printer } from './printer.ts';

export interface GiftCodeCommandsOptions {
  readonly openCodes: () => Promise<GiftCodes>;
  readonly printer: (json: boolean | undefined) => Printer;
  /** Who is at the terminal, when `--actor` does not say. */
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const DAY_MS = 24 * 3_600_000;

/** `gift-code create`, `list` and `revoke`. */
export function addGiftCodeCommands(
  program: Command,
  { openCodes, printer, user, clock }: GiftCodeCommandsOptions,
): void {
  const giftCode = program.command('gift-code').description('codes that people redeem for credits');
  const change = (name: string, description: string) => addActCommand(giftCode, name, user).description(description);

  change('create', 'makes a code, and shows it this once')
    .argument('<credits>', 'for each pool that redeems it', parseCredits)
    .option('--redemptions <count>', 'how many pools may redeem it, each once', parseCount, 1)
    .option('--expires <date>', 'the last day to redeem it, such as 2026-12-31 (UTC); its credits never expire')
    .action(
      async (
        credits: Millicredits,
        options: ActOptions & { readonly redemptions: number; readonly expires?: string },
      ) => {
        if (credits < 0) throw new InvalidArgumentError('a gift is more than nothing');
        const { redemptions: limit, expires, actor, reason, yes, json } = options;
        const expiresAt = expires === undefined ? undefined : endOfDay(expires, clock());
        const what = `${formatCredits(credits)} for each of ${limit} ${limit === 1 ? 'pool' : 'pools'}`;
        const until = expires ? `, to be redeemed until the end of ${expires} (UTC)` : '';
        const promise = { credits, limit, expiresAt: expiresAt ?? null };
        if (!yes) {
          return printer(json)({ ...promise, code: null }, `Make a code of ${what}${until}? Do it with --yes`);
        }
        const { id, code } = await (await openCodes()).create({ credits, limit, expiresAt, actor, reason });
        printer(json)(
          { ...promise, id, code },
          `${code}\n${what}${until}. This code is shown once: only its hash is kept. To revoke it: ${id}`,
        );
      },
    );

  giftCode
    .command('list')
    .description('all codes, oldest first, by what they are revoked by')
    .option('--json', 'one JSON object a line')
    .action(async ({ json }: { json?: boolean }) => {
      for (const code of await (await openCodes()).list()) {
        const state = stateOf(code, clock());
        const used = `${code.redeemed} of ${code.limit} redeemed`;
        const by = `by ${code.createdBy}: ${code.reason}`;
        printer(json)({ ...code, state }, `${code.id} ${state}, ${formatCredits(code.credits)}, ${used}, ${by}`);
      }
    });

  change('revoke', 'lets nobody else redeem a code')
    .argument('<id>', 'see gift-code list')
    .action(async (id: string, { reason, actor, yes, json }: ActOptions) => {
      const codes = await openCodes();
      if (!(await codes.read(id))) throw new InkpotError('not_found', { detail: `There is no gift code ${id}` });
      if (yes) await codes.revoke(id, { actor, reason });
      const text = yes ? `${id} is revoked. What was given stays given.` : `Revoke ${id}? Do it with --yes`;
      printer(json)({ id, revoked: yes ?? false }, text);
    });
}

type Listed = Awaited<ReturnType<GiftCodes['list']>>[number];

function stateOf({ revokedAt, expiresAt, redeemed, limit }: Listed, now: number): string {
  if (revokedAt !== undefined) return 'revoked';
  if (expiresAt !== undefined && expiresAt <= now) return 'expired';
  return redeemed >= limit ? 'exhausted' : 'open';
}

/** The first moment after a day, ms since 1970. */
function endOfDay(date: string, now: number): number {
  if (!z.iso.date().safeParse(date).success) throw new InvalidArgumentError('a day, such as 2026-12-31');
  const start = Date.parse(date);
  if (start + DAY_MS <= now) throw new InvalidArgumentError('a day that is not over');
  return start + DAY_MS;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 999999');
  return Number(text);
}
