import { type JsonObject, member } from './compact-token.ts'
import { refuse } from './errors.ts'
import type { TrustedIssuer } from './options.ts'

/** The relevant part of a JWS header. `jwk`, `jku`, `x5c`, `x5u` and `x5t` are not read. */
export interface SignatureHeader {
  readonly alg: string
  readonly kid: string | undefined
}

/** The longest `kid`. */
const MAX_KID = 1024

/**
 * Checks the header of a signed logout token.
 *
 * @param expected Its type.
 * @throws LogoutTokenError `unsupported_header`, `wrong_type`, `algorithm_not_allowed` or `malformed`
 * @see {@link https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken | Back-Channel Logout §2.4}
 */
export function readSignatureHeader(
  header: JsonObject,
  { strictType, algorithms }: Pick<TrustedIssuer, 'strictType' | 'algorithms'>,
  expected = 'logout+jwt',
): SignatureHeader {
  checkExtensions(header)
  const type = mediaType(member(header, 'typ'))
  if (type !== expected && (strictType || (type !== undefined && type !== 'jwt'))) {
    refuse(
      'wrong_type',
      strictType ? `The token's typ is not ${expected}.` : "The token's typ belongs to another kind of JWT.",
    )
  }
  const alg = member(header, 'alg')
  if (typeof alg !== 'string' || !algorithms.has(alg)) {
    refuse('algorithm_not_allowed', "The token's alg is not accepted from this issuer.")
  }
  return { alg, kid: readKid(header) }
}

/**
 * Refuses headers that change the interpretation of a token (RFC 7515 §4.1.11, RFC 7797, RFC 7516 §4.1.3).
 *
 * @throws LogoutTokenError `unsupported_header`
 */
export function checkExtensions(header: JsonObject): void {
  for (const name of ['crit', 'b64', 'zip']) {
    if (member(header, name) !== undefined) refuse('unsupported_header', `The token's header has ${name}.`)
  }
}

/** @throws LogoutTokenError `malformed` */
export function readKid(header: JsonObject): string | undefined {
  const kid = member(header, 'kid')
  if (kid === undefined || (typeof kid === 'string' && kid.length <= MAX_KID)) return kid
  return refuse('malformed', "The token's kid is not a short string.")
}

/** The media type of `typ`, without the prefix that may be left out (RFC 7515 §4.1.9). */
function mediaType(typ: unknown): string | undefined {
  if (typ === undefined) return undefined
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
}
