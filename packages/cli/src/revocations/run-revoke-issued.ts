import type { RevocationEntry } from '@backend-logout/revocations'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { print, type Terminal } from '../terminal/terminal.ts'
import { type LogLocation, openLog } from './open.ts'

/** Options of `revoke-user`, `revoke-session` and `revoke-issuer`. */
export interface RevokeIssuedOptions extends LogLocation {
  readonly iss: string
  readonly sub?: string
  readonly sid?: string
  readonly issuedBefore?: Date
  readonly tokenLifetime: number
  readonly quiet?: boolean
  readonly json?: boolean
}

/** The maximum time by which the issuer's clock may be ahead, in seconds. */
const CLOCK_SKEW_S = 60

/** Adds an entry for the tokens of a user, a session or an issuer. */
export async function runRevokeIssued(options: RevokeIssuedOptions, terminal: Terminal): Promise<ExitCode> {
  const { iss, sub, sid, issuedBefore, tokenLifetime, quiet = false, json } = options
  for (const [option, value] of Object.entries({ '--iss': iss, '--sub': sub, '--sid': sid })) {
    // An unset variable in a script.
    if (value === '') throw new CommandError(ExitCode.usage, `${option} must not be empty.`)
  }
  const now = Math.floor(Date.now() / 1000)
  const at = issuedBefore ? Math.floor(issuedBefore.getTime() / 1000) : now
  if (at > now + CLOCK_SKEW_S) {
    throw new CommandError(
      ExitCode.usage,
      '--issued-before is in the future: until then, every new login would also be refused.',
    )
  }
  const until = at + tokenLifetime
  if (until <= now) {
    throw new CommandError(
      ExitCode.usage,
      `Every token issued before then has already expired, because tokens live for ${tokenLifetime} seconds. If they live ` +
        'longer, pass --token-lifetime.',
    )
  }
  const entry: RevocationEntry =
    sub !== undefined ? { iss, sub, at, until } : sid !== undefined ? { iss, sid, at, until } : { iss, at, until }
  await using log = await openLog(options, terminal)
  await log.append(entry)
  if (json) print(terminal, JSON.stringify(entry))
  else if (!quiet) {
    const whose = sub !== undefined ? 'of this user ' : sid !== undefined ? 'of this session ' : ''
    print(
      terminal,
      `Refused until ${time(until)}: every access token ${whose}that the issuer issued up to ${time(at)}.`,
      'Refresh tokens are not affected: revoke them at the provider, or they can obtain new access tokens.',
    )
  }
  return ExitCode.done
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '')
}
