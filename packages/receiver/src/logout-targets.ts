import { invalidOption, refuseUnknownOption, type TokenRevocationEntry } from '@backend-logout/core'
import type { OnReceiverEvent } from './events.ts'
import type { SessionIndex, StoredTokens } from './session-index.ts'

/** Entry of a logout in a revocation list: a token, or everything that was issued to a session or a user until `at`. */
export type LogoutEntry =
  | TokenRevocationEntry
  | { readonly iss: string; readonly sub: string; readonly at: number; readonly until: number }

/** Targets of a logout. At least `sessions` or `revocations` is required. */
export interface LogoutTargets {
  /** The application's sessions. */
  readonly sessions?: SessionIndex | undefined
  /** The list of revoked tokens that services follow: a log of `@backend-logout/revocations`. */
  readonly revocations?:
    | {
        /** Appends rows to the list. They are durable when it resolves. */
        append(entries: readonly LogoutEntry[]): Promise<unknown>
      }
    | undefined
  /** Revokes the tokens in the sessions: `@backend-logout/outbox`. */
  readonly outbox?:
    | {
        /** Adds a logout. It is durable when it resolves. */
        add(tokens: RevocableTokens): Promise<unknown>
      }
    | undefined
  /**
   * Keeps refresh tokens that were issued with the scope `offline_access`, as §2.7 of Back-Channel Logout has it: they
   * are meant to work while the user is logged out. If a session has no scope, its refresh token is kept.
   *
   * A provider may end a refresh token together with an access token of the same grant (RFC 7009 §2.1). So if its refresh
   * token is kept, an access token that `revocations` can name goes only there. Any other access token is revoked at the
   * provider, because nothing else ends it.
   * @default false
   */
  readonly keepOfflineAccess?: boolean | undefined
  /**
   * Maximum remaining lifetime of anything issued before the logout, in seconds: the maximum lifetime of access tokens
   * and, if the list checks them, of cookie sessions. The entry is kept in the revocation list for this time.
   * @default 2_592_000 (30 days)
   */
  readonly revokedForSeconds?: number | undefined
  /**
   * Time limit for each call of the application's functions and stores, in milliseconds.
   * @default 5_000
   */
  readonly storeTimeoutMs?: number | undefined
  /** Receives events, for logs, metrics and alerts. */
  readonly onEvent?: OnReceiverEvent | undefined
}

/** The tokens of one session that the provider is to revoke. */
export type RevocableTokens = Pick<StoredTokens, 'accessToken' | 'refreshToken' | 'expiresAt'>

/** The names of the targets. */
export const TARGETS: Readonly<Record<keyof LogoutTargets, true>> = {
  sessions: true,
  revocations: true,
  outbox: true,
  keepOfflineAccess: true,
  revokedForSeconds: true,
  storeTimeoutMs: true,
  onEvent: true,
}

/** The default of `revokedForSeconds`. */
export const DEFAULT_REVOKED_FOR_S = 2_592_000

/**
 * Checks that the targets of a logout, and the options next to them, have names that exist.
 *
 * @param known All names that exist.
 * @throws LogoutError `invalid_options`
 */
export function checkTargetNames(targets: LogoutTargets, known: object): void {
  if (typeof targets !== 'object' || targets === null) invalidOption('targets', 'must be an object.')
  refuseUnknownOption(targets, known, { list: 'use revocations', store: 'use sessions' })
}

/**
 * Checks the targets of a logout, but not their names.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkTargets(targets: LogoutTargets): void {
  const { sessions, revocations, outbox, onEvent, storeTimeoutMs = 5_000 } = targets
  const { revokedForSeconds = DEFAULT_REVOKED_FOR_S } = targets
  if (!sessions && !revocations) invalidOption('sessions', 'or revocations is required: a logout must end something.')
  for (const [name, value, optional] of [
    ['sessions.find', sessions?.find, !sessions],
    ['sessions.end', sessions?.end, !sessions],
    ['sessions.tokens', sessions?.tokens, true],
    ['revocations.append', revocations?.append, !revocations],
    ['outbox.add', outbox?.add, !outbox],
    ['onEvent', onEvent, true],
  ] as const) {
    if (typeof value !== 'function' && !(optional && value === undefined)) invalidOption(name, 'must be a function.')
  }
  if (!(storeTimeoutMs >= 1 && storeTimeoutMs <= 86_400_000)) {
    invalidOption('storeTimeoutMs', 'must be 1 to 86400000 milliseconds.')
  }
  if (!(Number.isInteger(revokedForSeconds) && revokedForSeconds >= 60 && revokedForSeconds <= 315_360_000)) {
    invalidOption('revokedForSeconds', 'must be 60 to 315360000.')
  }
}
