import type { Command } from 'commander';
import { readTrustedKeys } from '../statements/trusted-keys.ts';
import type { Verdict } from '../statements/verdict.ts';
import { verify } from '../statements/verify.ts';
import type { Printer } from './printer.ts';

export interface VerifyCommandOptions {
  readonly printer: (json: boolean | undefined) => Printer;
  /** Called when something is wrong with a file. */
  readonly fail: () => void;
}

/** `verify`: checks a file. It needs no broker, no Redis and no environment. */
export function addVerifyCommand(program: Command, { printer, fail }: VerifyCommandOptions): void {
  program
    .command('verify')
    .description('checks a signed statement, an export, or an archive: its folder, or one pool’s mark in it')
    .argument('<file>')
    .option(
      '--key <jwks>',
      'whose signature it must be: a file with the broker’s keys, or their address, https://…/oauth/jwks',
    )
    .option('--json', 'one JSON object a line')
    .action(async (file: string, { key, json }: { key?: string; json?: boolean }) => {
      const trusted = key === undefined ? null : await readTrustedKeys(key);
      for await (const verdict of verify(file)) {
        const { signer } = verdict;
        const isTrusted = trusted === null || signer === null ? null : trusted.has(signer);
        if (verdict.faults.length > 0 || isTrusted === false) fail();
        printer(json)(
          { ...verdict, trusted: isTrusted },
          `${describe(verdict)}\n  ${describeSigner(verdict, isTrusted)}`,
        );
      }
    });
}

function describe({ kind, pool, entries, faults, issuer, issuedAt }: Verdict): string {
  const by = issuer === null ? '' : `, as ${issuer} said on ${issuedAt}`;
  if (faults.length === 0) return `${kind} of pool ${pool}: sound, ${entries} entries${by}`;
  return [`${kind} of pool ${pool}: BROKEN`, ...faults.map((fault) => `  ${fault}`)].join('\n');
}

function describeSigner({ signer, issuer }: Verdict, isTrusted: boolean | null): string {
  if (signer === null) return 'not signed by anybody';
  if (isTrusted === null)
    return `signed with key ${signer}; --key ${issuer ?? 'https://broker'}/oauth/jwks tells whether it is the broker’s`;
  return isTrusted
    ? `signed with key ${signer}, which is one of --key`
    : `signed with key ${signer}, which is NONE of --key`;
}
