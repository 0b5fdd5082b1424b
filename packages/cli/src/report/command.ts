import { Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import type { VerifyReportOptions } from './run-verify.ts'

const DETAILS = `
REPORT was written by 'backend-logout revoke --report'. Its output is expected
next to it. The signature is in REPORT.jws.

Examples:
  $ backend-logout report verify report.json --key auditor.pem
  $ backend-logout report verify report.json --input leaked.csv --json

Exit codes:
  0    all checks passed
  1    a check failed: a file was changed, or the signature is invalid
  2    wrong usage, or not a report
  4    a file could not be read`

const EXAMPLE = `
Example:
  $ backend-logout report verify report.json --key public.pem --input leaked.csv`

/** `backend-logout report` */
export function reportCommand(run: RunCommand): Command {
  const verify = new Command('verify')
    .summary('check a report, its signature and its files')
    .description('Checks the report of a run: its signature, its output, its counts and its input.')
    .argument('<report>', 'the report')
    .option('--key <file>', 'public key of the signer, in PEM or as a JWK')
    .option('--output <file>', 'the output of the run, if it is not next to the report')
    .option('--input <file>', "also check that this was the input; '-' is standard input")
    .option('--json', 'write the result as JSON')
    .addHelpText('after', DETAILS)
    .action((path: string, options: VerifyReportOptions) =>
      run(async (terminal) => (await import('./run-verify.ts')).verifyReport(path, options, terminal)),
    )
  return new Command('report')
    .summary('check the report of a run')
    .description('Checks reports.')
    .addCommand(verify)
    .addHelpText('after', EXAMPLE)
}
