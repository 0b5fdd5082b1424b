import { invalidOption, isLogoutError, type LogoutError, type LogoutResult } from '@backend-logout/core'
import type { Awaitable } from './session.ts'

/** Further parameters of the logout URL; `true` is a bare name. */
export type ExtraParameters = Readonly<Record<string, string | true>>

/** Additional parameters for all users, or a function that creates those of one request. */
export type GivenExtraParameters =
  | ExtraParameters
  | ((request: Request) => Awaitable<ExtraParameters | null | undefined>)

/** Parts of the logout URL of one logout, in addition to the session. */
export interface FrontChannelRequest {
  readonly redirectUri?: string | undefined
  readonly state?: string | undefined
  readonly extraParameters?: ExtraParameters | undefined
}

/** Ends the provider's own session in the browser. */
export interface FrontChannel {
  readonly logoutUrl?: string
  /** The same as a form to post; only if the URL is longer than servers accept. */
  readonly logoutForm?: { readonly action: string; readonly fields: Readonly<Record<string, string>> }
  /** Reason why there is no URL, if one was expected. */
  readonly logoutUrlError?: LogoutError
}

/** The longest URL that every common server accepts: Vert.x, under Keycloak, stops at 4096 with the method. */
const MAX_URL_CHARACTERS = 4_000

/**
 * Checks the option of that name.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkExtraParameters(given: GivenExtraParameters | undefined): void {
  if (given === undefined || typeof given === 'function') return
  // The members of a list, a `Map` or `URLSearchParams` are not parameters.
  const isRecord = typeof given === 'object' && given !== null && !(Symbol.iterator in given)
  if (!isRecord || !Object.values(given).every((value) => typeof value === 'string' || value === true)) {
    invalidOption('extraParameters', 'must be an object of strings, or a function that returns one.')
  }
}

/** True if a request asks for a logout URL: the response then needs the URL or a reason. */
export function asksForUrl({ redirectUri, state, extraParameters }: FrontChannelRequest): boolean {
  return redirectUri !== undefined || state !== undefined || extraParameters !== undefined
}

/** Reads the client's result; the client may be a third party's. */
export function readFrontChannel(
  { logoutUrl, logoutForm, logoutUrlError }: LogoutResult,
  expected: boolean,
): FrontChannel {
  const url = typeof logoutUrl?.href === 'string' ? logoutUrl.href : undefined
  if (url === undefined) return expected && isLogoutError(logoutUrlError) ? { logoutUrlError } : {}
  if (url.length <= MAX_URL_CHARACTERS || !logoutForm) return { logoutUrl: url }
  return { logoutUrl: url, logoutForm: { action: logoutForm.action.href, fields: { ...logoutForm.fields } } }
}
