import { ERROR_MEANING, type LogoutErrorCode, type RevocationState } from '@backend-logout/node'
import { ExitCode } from '../exit-code.ts'

/** Counts of a bulk run so far. Every row of the input is in exactly one of the counts. */
export interface Tally {
  /** Tokens that are revoked, and with `--verify` proven so. */
  revoked: number
  /** Only with `--verify`: the provider accepted the revocation, and introspection did not prove it. */
  unproven: number
  /** Tokens that must be treated as active. */
  live: number
  /** Tokens whose request may or may not have arrived. */
  unknown: number
  /** Tokens of a kind that the provider cannot revoke. */
  unsupported: number
  /** Lines that should contain a token but don't. */
  invalid: number
  /** Tokens that an earlier run confirmed, according to the journal. */
  skipped: number
  /** Rows that `--where` leaves out. */
  filtered: number
  /** Rows with nothing in the column of the tokens. */
  empty: number
  /** Reasons why tokens are not revoked, by error code. */
  readonly reasons: Map<LogoutErrorCode | 'invalid_line', number>
}

/** Starts counting. */
export function createTally(): Tally {
  return {
    revoked: 0,
    unproven: 0,
    live: 0,
    unknown: 0,
    unsupported: 0,
    invalid: 0,
    skipped: 0,
    filtered: 0,
    empty: 0,
    reasons: new Map(),
  }
}

/** Counts the outcome of one token. `confirmed` is whether it is revoked, and with `--verify` verified. */
export function count(tally: Tally, state: RevocationState, confirmed: boolean, code?: LogoutErrorCode): void {
  if (confirmed) {
    tally.revoked++
    return
  }
  if (code) countReason(tally, code)
  if (state === 'accepted' || state === 'verified') tally.unproven++
  else tally[state]++
}

/** Counts a line that should contain a token but doesn't. */
export function countInvalid(tally: Tally): void {
  tally.invalid++
  countReason(tally, 'invalid_line')
}

/** Tokens that are not revoked, or with `--verify` not verified. */
export function notRevoked({ unproven, live, unknown, unsupported, invalid }: Tally): number {
  return unproven + live + unknown + unsupported + invalid
}

/** Tokens whose outcome is known to this run. */
export function settled(tally: Tally): number {
  return tally.revoked + notRevoked(tally)
}

/** The exit code of a run that was not stopped. */
export function exitCodeOf(tally: Tally): ExitCode {
  if (notRevoked(tally) === 0) return ExitCode.done
  const concernsApplication = (code: LogoutErrorCode | 'invalid_line'): boolean =>
    code !== 'invalid_line' && ERROR_MEANING[code].concerns === 'application'
  const refused = tally.revoked + tally.skipped === 0 && [...tally.reasons.keys()].every(concernsApplication)
  return refused ? ExitCode.refused : ExitCode.no
}

function countReason({ reasons }: Tally, code: LogoutErrorCode | 'invalid_line'): void {
  reasons.set(code, (reasons.get(code) ?? 0) + 1)
}
