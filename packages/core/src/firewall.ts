import { isIntercepted } from './interception.ts'
import type { TransportResponse } from './transport.ts'

/** Bodies of firewalls, and of a server that expects https. */
const BODIES: readonly RegExp[] = [
  // DataDome, HUMAN and Cloudflare.
  /^\s*\{.*(?:captcha-delivery|px-captcha|"blockScript"|"cloudflare_error")/s,
  // HUMAN, whose identifiers of applications alone could be anyone's.
  /^\s*\{(?=.*"appId" ?: ?"PX).*"(?:vid|jsClientSrc)"/s,
  // Imperva.
  /^\s*\{(?=.*"errorCode" ?: ?"\d{1,4}").*"incidentId"/s,
  // Azure Front Door.
  /^\s*(?:\{.*"message" ?: ?"The request is blocked\."|The request is blocked\.\s*$)/s,
  // Go.
  /^\s*Client sent an HTTP request to an HTTPS server\.\s*$/,
]
/** Headers of firewalls that are also on responses of the provider that they let through. */
const PASSED = ['x-datadome', 'x-iinfo']

/** Recognizes a response that a firewall or captive portal sent instead of the provider. */
export function isForeign(answer: TransportResponse): boolean {
  const start = answer.body.slice(0, 2_000)
  return (
    answer.status === 511 || isIntercepted(answer) || isEmptyBlock(answer) || BODIES.some((body) => body.test(start))
  )
}

/** Recognizes a 403 without a reason that came through a firewall: a provider gives a reason. */
function isEmptyBlock({ status, headers, body }: TransportResponse): boolean {
  if (status !== 403 || body.trim() !== '') return false
  return PASSED.some((name) => headers.get(name) !== null) || /^AkamaiGHost/i.test(headers.get('server') ?? '')
}
