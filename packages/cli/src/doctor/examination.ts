import { type EnvironmentOptions, isLogoutError, type LogoutError } from '@backend-logout/node'
import { type Connection, connect, type Settings } from '../connection.ts'
import type { Fingerprint } from '../fingerprint.ts'
import type { ReportCheck } from './check.ts'
import { describeAnswer, type WireTap } from './wire-tap.ts'

/** The context of the doctor's checks. */
export interface Examination {
  readonly settings: Settings
  readonly tap: WireTap
  readonly fingerprint: Fingerprint
  readonly report: ReportCheck
  /** This program as its user can call it. */
  readonly ownName: string
}

/** The outcome of a request: a result or the client's error, and the response as it was on the wire. */
export type Probe<T> = { readonly wire: string | undefined } & (
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: LogoutError }
)

/** Makes one request with a new client, with short time limits, and returns how it ended. */
export async function probe<T>(
  { settings, tap }: Examination,
  overrides: EnvironmentOptions,
  body: (client: Connection['client']) => Promise<T>,
): Promise<Probe<T>> {
  tap.reset()
  const wire = (): string | undefined => tap.answer && describeAnswer(tap.answer)
  try {
    await using connection = connect(settings, { retries: 1, deadlineMs: 15_000, ...overrides })
    return { ok: true, value: await body(connection.client), wire: wire() }
  } catch (error) {
    if (isLogoutError(error)) return { ok: false, error, wire: wire() }
    throw error
  }
}

/** A value of an environment variable, without white space around it; `undefined` without one. */
export function variable({ settings }: Examination, name: string): string | undefined {
  return settings.env[name]?.trim() || undefined
}

/** True if the application has a secret, from any source. */
export function hasSecret(examination: Examination): boolean {
  return variable(examination, 'AUTHING_APP_SECRET') !== undefined
}

/** A token that no provider has ever issued: revoking it is harmless. */
export function throwAwayToken(): string {
  return `backend-logout-doctor-${crypto.randomUUID()}`
}
