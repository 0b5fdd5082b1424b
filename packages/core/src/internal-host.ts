/**
 * Names of this machine or a host of the local network: RFC 6761, RFC 6762 with its appendix G, RFC 8375, those of
 * clusters, and those without a dot.
 */
const INTERNAL_NAME =
  /^[^.]*$|\.(?:localhost|localdomain|local|internal|intranet|intra|private|corp|home|lan|home\.arpa|test|svc|cluster|consul|docker)$/

/** IPv4 addresses that the Internet does not route (RFC 6890): loopback, private, shared, link-local and the like. */
const INTERNAL_IPV4 =
  /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|192\.0\.0|198\.1[89]|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])|22[4-9]|2[3-5]\d)\.[\d.]+$/

/**
 * IPv6 addresses that the Internet routes (RFC 4291 §2.4), without 6to4 (RFC 3056) and Teredo (RFC 4380), which tunnel
 * to anywhere. Addresses that contain an IPv4 address, such as `::ffff:7f00:1`, are not included.
 */
const PUBLIC_IPV6 = /^\[(?!2002:|2001:0?:)[23][\da-f]{3}:/

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * Recognizes this machine, to which plain http is allowed.
 *
 * @param hostname As `URL` writes it: in lower case, an IPv6 address in brackets.
 * @example
 * ```ts
 * import { isLoopback } from '@backend-logout/core'
 *
 * isLoopback(new URL('http://127.0.0.1:8080').hostname) // true
 * ```
 */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}

/**
 * Recognizes a host, as `URL` writes it, that is this machine or inside a network: by its address in any form, or by
 * its name. It does not resolve names.
 */
export function isInternal(hostname: string): boolean {
  const host = hostname.replace(/\.+$/, '')
  if (host.startsWith('[')) return !PUBLIC_IPV6.test(host)
  return INTERNAL_NAME.test(host) || INTERNAL_IPV4.test(host)
}
