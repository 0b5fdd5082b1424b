import { invalidOption } from '@backend-logout/core'
import { HttpProblem } from './http-problem.ts'

/** One address to which users may be sent, exactly as configured and registered at the provider. */
type Entry = { readonly kind: 'url' | 'path'; readonly given: string }

/** The addresses to which users may be sent after a logout. */
export type ReturnAddresses = readonly Entry[]

/**
 * Checks the list of return addresses.
 *
 * @throws LogoutError `invalid_options`
 */
export function resolveReturnAddresses(list: readonly (string | URL)[]): ReturnAddresses {
  if (!Array.isArray(list)) invalidOption('returnTo', 'must be a list.')
  return list.map((address) => {
    const given = String(address)
    if (isPath(given)) return { kind: 'path', given }
    if (isWebUrl(given)) return { kind: 'url', given }
    return invalidOption(
      'returnTo',
      'must list absolute http(s) URLs without user information, or paths that start with a single slash.',
    )
  })
}

/**
 * Finds the configured address that the page requests. It is compared as a whole, query and fragment included: patterns
 * lead to open redirects.
 *
 * @param origin The page's origin, already found to be the application's own.
 * @throws HttpProblem when it is not configured
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.11 | RFC 9700 §4.11}
 */
export function allowedReturnAddress(asked: string, list: ReturnAddresses, origin: string): string {
  if (isPath(asked) || isWebUrl(asked)) {
    const { href } = new URL(asked, origin)
    for (const { kind, given } of list) {
      const url = new URL(given, origin)
      if (url.href === href) return kind === 'url' ? given : url.href
    }
  }
  throw new HttpProblem(
    'return_to_not_allowed',
    'return_to is not one of the addresses to which this application sends its users.',
  )
}

/** Browsers drop tabs and line breaks from a URL and take a backslash for a slash, so these are rejected. */
const HARMLESS = /^[^\s\\\p{Cc}]{1,2048}$/u

function isPath(text: string): boolean {
  return HARMLESS.test(text) && /^\/(?!\/)/.test(text)
}

function isWebUrl(text: string): boolean {
  const url = HARMLESS.test(text) && /^https?:\/\/[^/]/i.test(text) ? URL.parse(text) : null
  return url !== null && url.username === '' && url.password === ''
}
