import { invalidOption, refuseUnknownOption } from '@backend-logout/core'
import type { LogoutAnswer, LogoutRequest } from './contract.ts'
import type { Door } from './guards.ts'
import { HttpProblem } from './http-problem.ts'
import { malformed, readPlainBody } from './request-body.ts'
import type { Awaitable, LogoutSession } from './session.ts'
import type { RunStep } from './step.ts'

/** A second way to call the endpoint: a plain HTML form, for pages without scripts. */
export interface LogoutFormOptions {
  /**
   * The CSRF token that the application has put into the user's session, at least 16 unguessable characters. The form
   * sends it back in the field `csrf_token`. `undefined` if the session has none: then only a user without a session
   * gets through, to the landing page.
   */
  readonly csrfToken: (request: Request) => Awaitable<string | null | undefined>
  /** The page after the logout: a path of the application. It gets the status as `?logout=logged_out`. */
  readonly landing: string
  /**
   * Sends the browser to the provider next, to end the provider's session as well, if there is a logout URL and the
   * provider has responded. If the page has a Content Security Policy, its `form-action` must allow the provider.
   * @default false
   */
  readonly singleSignOut?: boolean | undefined
}

const NAMES: Readonly<Record<keyof LogoutFormOptions, true>> = { csrfToken: true, landing: true, singleSignOut: true }
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i
const FIELDS: Readonly<Record<string, number>> = { csrf_token: 1_024, return_to: 2_048 }
const LEAST_LENGTH = 16

/**
 * Checks the options of the form.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkForm(form: LogoutFormOptions | undefined, session: LogoutSession | undefined): void {
  if (form === undefined) return
  if (typeof form !== 'object' || form === null) invalidOption('form', 'must be an object.')
  refuseUnknownOption(form, NAMES, {}, 'form.')
  if (typeof form.csrfToken !== 'function') invalidOption('form.csrfToken', 'must be a function.')
  if (typeof form.landing !== 'string' || !/^\/(?![/\\])[\x21-\x22\x24-\x5b\x5d-\x7e]*$/.test(form.landing)) {
    invalidOption('form.landing', 'must be a path of the application, such as /goodbye.')
  }
  if (typeof (form.singleSignOut ?? false) !== 'boolean') invalidOption('form.singleSignOut', 'must be true or false.')
  if (!session) invalidOption('form', 'requires session, which has the CSRF token.')
}

/** A copy that later changes do not affect. The object may be an instance of a class, whose method needs it. */
export function copyForm(form: LogoutFormOptions): LogoutFormOptions {
  const { csrfToken, landing, singleSignOut } = form
  return { csrfToken: (request) => csrfToken.call(form, request), landing, singleSignOut }
}

/** The way in which a request calls the endpoint. Without the option, there is only one. */
export function doorOf({ headers }: Request, form: LogoutFormOptions | undefined): Door {
  return form && FORM_TYPE.test(headers.get('content-type') ?? '') ? 'form' : 'script'
}

/**
 * Reads the form, and checks that it is from a page of this session.
 *
 * @throws HttpProblem
 */
export async function readForm(
  request: Request,
  form: LogoutFormOptions,
  session: LogoutSession,
  runStep: RunStep,
): Promise<LogoutRequest> {
  const { csrf_token: given = '', return_to } = parse(await readPlainBody(request))
  const expected = await runStep('csrf', async () => {
    const token = (await form.csrfToken(request)) ?? undefined
    if (token !== undefined && !(typeof token === 'string' && token.length >= LEAST_LENGTH)) {
      throw new TypeError(`form.csrfToken must return a string of at least ${LEAST_LENGTH} characters.`)
    }
    return token
  })
  const matches =
    expected.ok &&
    (expected.value === undefined ? await isSignedOut(request, session, runStep) : equal(given, expected.value))
  if (!matches) throw new HttpProblem('csrf_mismatch', 'csrf_token does not belong to this session. Reload the page.')
  return return_to ? { return_to } : {}
}

/** Redirects the browser. The status is only added for the application's own page. */
export function formTarget(
  { status, logout_url, logout_form }: LogoutAnswer,
  returnTo: string | undefined,
  { landing, singleSignOut }: LogoutFormOptions,
): string {
  // A form that would have to be posted cannot be reached by a redirect.
  if (singleSignOut && logout_url && !logout_form) return logout_url
  return returnTo ?? `${landing}${landing.includes('?') ? '&' : '?'}logout=${status}`
}

function parse(bytes: Uint8Array): { readonly csrf_token?: string; readonly return_to?: string } {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed('The form is not UTF-8.')
  }
  const fields: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    if (!Object.hasOwn(FIELDS, name)) throw malformed('The form has an unknown field.')
    if (Object.hasOwn(fields, name)) throw malformed(`The form has ${name} twice.`)
    if (value.length > (FIELDS[name] as number)) throw malformed(`${name} is too long.`)
    fields[name] = value
  }
  return fields
}

/** True if there is nothing to protect: sessions expire while pages are open, and their users then log out. */
async function isSignedOut(request: Request, session: LogoutSession, runStep: RunStep): Promise<boolean> {
  const read = await runStep('read', async () => ((await session.read(request)) ?? undefined) === undefined)
  return read.ok && read.value
}

/** Compares in constant time. */
function equal(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length
  for (let at = 0; at < expected.length; at++) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at)
  return difference === 0
}
