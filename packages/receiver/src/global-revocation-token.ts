import { checkAudience, checkTimes, issuerOf, readClaim } from './claims.ts'
import { member, readJson, splitToken } from './compact-token.ts'
import { refuse } from './errors.ts'
import { readSignatureHeader } from './header.ts'
import { KeySource } from './key-source.ts'
import type { TrustedIssuer, VerifierSettings } from './options.ts'

/** The sender and the time of a revocation. */
export interface RevocationAuthority {
  readonly iss: string
  /** In seconds since 1970, by the issuer's clock. */
  readonly at: number
}

/** Verifies the bearer token of a request for a global revocation. */
export type VerifyRevocationToken = (token: string) => Promise<RevocationAuthority>

/**
 * Creates a {@link VerifyRevocationToken}: the type must be `global-token-revocation+jwt`, `aud` the endpoint, and
 * `sub` the application.
 */
export function createRevocationTokenVerifier(settings: VerifierSettings, endpoint: string): VerifyRevocationToken {
  const sources = new Map(Array.from(settings.issuers.values(), (issuer) => [issuer, new KeySource(issuer, settings)]))
  return async (token) => {
    const signed = splitToken(token)
    if (signed.parts.length !== 3) refuse('malformed', 'The token is not a signed JWT.')
    const claims = readJson(signed.parts[1] as string, 'payload')
    const issuer: TrustedIssuer = issuerOf(claims, settings.issuers)
    const header = readSignatureHeader(signed.header, { ...issuer, strictType: true }, 'global-token-revocation+jwt')
    checkAudience(member(claims, 'aud'), new Set([endpoint]))
    if (!issuer.clientIds.has(readClaim(claims, 'sub') ?? ''))
      refuse('wrong_audience', "The token's sub is not this application.")
    const { at } = checkTimes(claims, { ...issuer, allowMissingExp: false }, Date.now() / 1000)
    await (sources.get(issuer) as KeySource).verify(signed, header)
    return { iss: issuer.issuer, at }
  }
}
