import { within } from '@backend-logout/core'
import { issuerOf, readClaims } from './claims.ts'
import { type CompactToken, readJson, splitToken } from './compact-token.ts'
import { decrypt } from './decryption.ts'
import { refuse } from './errors.ts'
import { readSignatureHeader } from './header.ts'
import { KeySource } from './key-source.ts'
import type { LogoutNotice } from './notice.ts'
import { type LogoutTokenVerifierOptions, resolveOptions } from './options.ts'

/** Verifies logout tokens. Made by {@link createLogoutTokenVerifier}; safe to share. */
export interface LogoutTokenVerifier {
  /**
   * Verifies a token, and returns its content.
   *
   * @throws LogoutTokenError with the reason in `code`
   */
  verify(token: string): Promise<LogoutNotice>
  /**
   * Remembers that a notice was processed: from then on, `verify` refuses its token as `replayed`. Call it last, so
   * that the provider can deliver the token again after a failure.
   */
  handled(notice: LogoutNotice): Promise<void>
}

/**
 * Creates a verifier of logout tokens. It checks every requirement of OpenID Connect Back-Channel Logout 1.0, §2.4 and
 * §2.6: type, algorithm, signature, issuer, audience, times, event, the absence of a nonce, and replay. Keys come only
 * from the `jwks_uri` of the issuer's metadata; keys and addresses in the token are not read.
 *
 * Metadata and keys are fetched when the first token arrives, over https (http on loopback), without following
 * redirects. Keys are fetched again after ten minutes, and for a token that may be signed with a newer key or algorithm,
 * but once per 30 seconds at most. While they cannot be fetched, the last ones remain valid for up to 24 hours, and such
 * a token is not refused: the code is `keys_unavailable`.
 *
 * @throws LogoutError `invalid_options`
 * @see {@link https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation | Back-Channel Logout §2.6}
 * @example
 * ```ts
 * import { createLogoutTokenVerifier } from '@backend-logout/receiver'
 *
 * const verifier = createLogoutTokenVerifier({ issuer: 'https://id.example.com', clientId: 'app' })
 * const { iss, sub, sid, at } = await verifier.verify('the logout token')
 * ```
 */
export function createLogoutTokenVerifier(options: LogoutTokenVerifierOptions): LogoutTokenVerifier {
  const settings = resolveOptions(options)
  const { issuers, replays } = settings
  const sources = new Map(Array.from(issuers.values(), (issuer) => [issuer, new KeySource(issuer, settings)]))
  const decryptionKeys = Array.from(issuers.values(), (issuer) => issuer.decryptionKeys).flat()

  /** Reads the claims of the token, without cryptography unless it is encrypted. */
  const open = async (token: string): Promise<{ signed: CompactToken; claims: Claims; encrypted: boolean }> => {
    const outer = splitToken(token)
    const encrypted = outer.parts.length === 5
    const signed = encrypted ? splitToken(await decrypt(outer, decryptionKeys)) : outer
    if (signed.parts.length !== 3) refuse('malformed', 'The encrypted token does not contain a signed one.')
    return { signed, claims: readJson(signed.parts[1] as string, 'payload'), encrypted }
  }

  const verify = async (token: string): Promise<LogoutNotice> => {
    const { signed, claims, encrypted } = await open(token)
    const issuer = issuerOf(claims, issuers)
    if (!encrypted && issuer.decryptionKeys.length > 0) refuse('not_encrypted', 'The token is not encrypted.')
    const header = readSignatureHeader(signed.header, issuer)
    const notice = readClaims(claims, issuer, Date.now() / 1000)
    await (sources.get(issuer) as KeySource).verify(signed, header)
    // After the signature: an attacker must not learn or influence which tokens were processed.
    if (await within(settings.timeoutMs, () => replays.has(replayKey(notice))))
      refuse('replayed', 'The token has already been handled.')
    return Object.freeze(notice)
  }

  return Object.freeze({
    verify,
    async handled(notice: LogoutNotice): Promise<void> {
      const { jti, expiresAt } = notice
      const issuer = issuers.get(notice.iss)
      if (jti === undefined || expiresAt === undefined || !issuer) return
      await replays.add(replayKey(notice), expiresAt + issuer.clockToleranceSeconds)
    },
  })
}

type Claims = ReturnType<typeof readJson>

function replayKey({ iss, jti }: LogoutNotice): string {
  return `${iss} ${jti}`
}
