import {
  type CallOptions,
  copyOptions,
  createLogoutClient,
  invalidOption,
  isLogoutError,
  type LogoutClient,
  LogoutError,
  type Revocation,
  type RevocationState,
} from '@backend-logout/core'
import { isId } from './genauth-id.ts'
import { type KnownState, managementError } from './management-error.ts'
import { type GenAuthManagement, type ManagementSettings, resolveManagement } from './management-options.ts'
import { KICK_PATH, managementTransport, STATUS_PATH, type UserAtApplications } from './management-transport.ts'

/** User whom {@link kickUser} logs out of applications. */
export interface KickedUser {
  /** GenAuth's id of the user: the `sub` of its tokens. */
  readonly userId: string
  /** The applications, 1 to 50. */
  readonly appIds: readonly string[]
}

/** The result of an attempt to log a user out at GenAuth. */
export interface UserKick {
  /**
   * - `verified`: GenAuth reported the user as logged in before, and as logged out afterward.
   * - `accepted`: GenAuth returned success. `error` has the reason why that is not proven.
   * - `live`: assume that the user is logged in: refused, throttled, never sent, or GenAuth reports it.
   * - `unknown`: the request may or may not have arrived: timeout or broken connection.
   */
  readonly state: Exclude<RevocationState, 'unsupported'>
  /** True if `state` is `accepted` or `verified`. */
  readonly kicked: boolean
  /** True if GenAuth reported the user as logged in before, to one of the applications; missing if it did not. */
  readonly wasActive?: boolean
  /** The number of requests to end the sessions that were sent. */
  readonly attempts: number
  /** HTTP status of the last response. */
  readonly status?: number
  /** GenAuth's request id, to quote to its support. */
  readonly requestId?: string
  /** The duration, in milliseconds. */
  readonly durationMs: number
  /** The reason why the user is not logged out, or why there is no proof. */
  readonly error?: LogoutError
}

const CALL_OPTIONS: Readonly<Record<keyof CallOptions, true>> = {
  timeoutMs: true,
  deadlineMs: true,
  retries: true,
  signal: true,
}
const MAX_APPS = 50
const DEFAULT_DEADLINE_MS = 30_000

/**
 * Ends the sessions of a user at GenAuth, in up to 50 applications, and verifies that: GenAuth must report the user as
 * logged in to one of them before, and to none afterward. For an administrator, or after a password change.
 *
 * It does not reject if GenAuth refuses or cannot be reached: the result reports that. Whether GenAuth revokes the
 * user's tokens as well is not documented, so also call `logoutEverywhere`, which ends your sessions, their tokens, and
 * their acceptance by your services.
 *
 * **Not confirmed at a live tenant**: it follows GenAuth's public SDKs, and is tested against the emulator.
 *
 * @throws LogoutError `invalid_options` or `invalid_argument`
 * @see {@link https://docs.genauth.ai/ | GenAuth's documentation}
 * @example
 * ```ts
 * import { kickUser } from '@backend-logout/receiver/genauth'
 *
 * const { state, error } = await kickUser(
 *   { userId: '62f733a7148bd0028af1e541', appIds: ['62f20932716fbcc10d966ee5'] },
 *   { host: 'https://api.genauth.ai', accessKeyId: 'user pool', accessKeySecret: 'its secret' },
 * )
 * if (state !== 'verified') console.warn(state, error?.message)
 * ```
 */
export async function kickUser(
  user: KickedUser,
  management: GenAuthManagement,
  options: CallOptions = {},
): Promise<UserKick> {
  const settings = resolveManagement(management)
  const { userId, appIds } = (user ?? {}) as Partial<KickedUser>
  checkUserId(userId)
  if (!Array.isArray(appIds) || appIds.length < 1 || appIds.length > MAX_APPS || !appIds.every(isId)) {
    invalidOption('appIds', `must be 1 to ${MAX_APPS} ids of applications.`, 'invalid_argument')
  }
  const client = clientFor(settings, { userId, appIds })
  const { deadlineMs = settings.limits.deadlineMs ?? DEFAULT_DEADLINE_MS, ...others } = copyOptions(
    options,
    CALL_OPTIONS,
  )
  const { tokens } = await client.logout({ accessToken: userId }, { ...others, deadlineMs, verify: true })
  return report(tokens[0] as Revocation)
}

/**
 * Queries GenAuth whether a user has a session at an application.
 *
 * **Not confirmed at a live tenant**, as {@link kickUser}.
 *
 * @throws LogoutError
 * @example
 * ```ts
 * import { checkSessionStatus } from '@backend-logout/receiver/genauth'
 *
 * const active: boolean = await checkSessionStatus(
 *   { userId: '62f733a7148bd0028af1e541', appId: '62f20932716fbcc10d966ee5' },
 *   { host: 'https://api.genauth.ai', accessKeyId: 'user pool', accessKeySecret: 'its secret' },
 * )
 * ```
 */
export async function checkSessionStatus(
  user: { readonly userId: string; readonly appId: string },
  management: GenAuthManagement,
  options: CallOptions = {},
): Promise<boolean> {
  const settings = resolveManagement(management)
  const { userId, appId } = user ?? {}
  checkUserId(userId)
  if (!isId(appId)) invalidOption('appId', 'must be the id of an application.', 'invalid_argument')
  try {
    const { active } = await clientFor(settings, { userId, appIds: [appId] }).introspectToken(userId, options)
    return active
  } catch (error) {
    throw isLogoutError(error) ? managementError(error, 'question') : error
  }
}

function checkUserId(userId: unknown): asserts userId is string {
  if (!isId(userId)) invalidOption('userId', "must be GenAuth's id of a user.", 'invalid_argument')
}

function clientFor(settings: ManagementSettings, user: UserAtApplications): LogoutClient {
  const { host, accessKeyId, accessKeySecret, limits } = settings
  return createLogoutClient({
    appId: accessKeyId,
    // Never sent, but masked in all texts.
    appSecret: accessKeySecret,
    // The transport signs the request.
    clientAuth: ({ appId }) => ({ body: { client_id: appId } }),
    endpoints: { revocation: host + KICK_PATH, introspection: host + STATUS_PATH },
    transport: managementTransport(settings, user),
    ...limits,
  })
}

function report(revocation: Revocation): UserKick {
  const { state, wasActive, attempts, status, requestId, durationMs, error } = revocation
  // The management API has no unsupported types of tokens.
  const known = state === 'unsupported' ? 'live' : state
  return {
    state: known,
    kicked: known === 'accepted' || known === 'verified',
    attempts,
    durationMs,
    ...(wasActive !== undefined && { wasActive }),
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    ...(error && { error: errorOf(error, revocation) }),
  }
}

function errorOf(error: LogoutError, revocation: Revocation): LogoutError {
  if (error.code !== 'unverified') return managementError(error, 'kick', knownState(error, revocation))
  const { state } = revocation
  const { cause: failed, tokenMayBeLive, status, attempts } = error
  const cause = isLogoutError(failed) ? managementError(failed, 'question') : failed
  const why =
    state === 'live'
      ? 'still reports the user as logged in.'
      : tokenMayBeLive
        ? `did not report whether the user was logged in before and afterward.`
        : 'reported the user as logged out even before.'
  const text = `GenAuth accepted the request, but ${why}`
  return new LogoutError('unverified', text, { tokenMayBeLive, status, attempts, cause })
}

/** The state after a request without a response. A user counts as live also if GenAuth refused, or says so afterward. */
function knownState({ code }: LogoutError, { state, attempts, wasActive }: Revocation): KnownState {
  if (state !== 'live') return 'unknown'
  const isRefusedConnection = attempts === 1 && code === 'network' && !wasActive
  return attempts === 0 || isRefusedConnection ? 'unsent' : 'live'
}
