import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import type { AdapterPayload } from 'oidc-provider'
import type { AccessTokenFormat } from './options.ts'
import type { SigningAlgorithm, SigningKeys } from './signing-keys.ts'
import type { MemoryStore } from './store.ts'

/** Represents every token that the emulator never issued; no identifier in the store looks like it. */
const UNKNOWN_TOKEN = 'unknown-token'

const TOKEN_TYPE = 'at+jwt'

/** The two directions between the store's opaque identifiers and the tokens that applications hold. */
export interface StructuredTokens {
  readonly format: AccessTokenFormat
  /** Turns the record of an access token into the token an application receives. */
  wrap(record: AdapterPayload, alg?: SigningAlgorithm): Promise<string>
  /** Turns a token that an application sends into the identifier of its record, which may not exist. */
  unwrap(token: string): Promise<string>
}

/**
 * Wraps access tokens in signed JWTs, as GenAuth's are, and unwraps them again.
 *
 * `oidc-provider` 9 refuses structured tokens at its revocation, introspection and user-info endpoints; its ancestor,
 * version 6, looks their `jti` up. So the provider only ever sees opaque identifiers.
 */
export function createStructuredTokens(
  issuer: string,
  format: AccessTokenFormat,
  keys: SigningKeys,
  store: MemoryStore,
): StructuredTokens {
  async function wrap(record: AdapterPayload, alg: SigningAlgorithm = 'RS256'): Promise<string> {
    const { jti, accountId, clientId, scope, iat, exp } = record
    if (
      jti === undefined ||
      accountId === undefined ||
      clientId === undefined ||
      iat === undefined ||
      exp === undefined
    ) {
      throw new TypeError('an access token needs an identifier, a user, an application and its times')
    }
    if (format === 'opaque') return jti
    return new SignJWT({ scope })
      .setProtectedHeader({ alg, typ: TOKEN_TYPE, kid: keys[alg].kid })
      .setJti(jti)
      .setSubject(accountId)
      .setIssuer(issuer)
      .setAudience(clientId)
      .setIssuedAt(iat)
      .setExpirationTime(exp)
      .sign(keys[alg].privateKey)
  }

  async function unwrap(token: string): Promise<string> {
    if (!isStructured(token)) {
      // The bare identifier is readable in every JWT, so it must not work as a token.
      return format === 'jwt' && store.get('AccessToken', token) ? UNKNOWN_TOKEN : token
    }
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = Object.values(keys).find((candidate) => candidate.kid === kid)
          if (key === undefined) throw new TypeError('signed with a key of another provider')
          return key.publicKey
        },
        { issuer, typ: TOKEN_TYPE, algorithms: Object.keys(keys) },
      )
      return payload.jti ?? UNKNOWN_TOKEN
    } catch {
      return UNKNOWN_TOKEN
    }
  }

  return { format, wrap, unwrap }
}

function isStructured(token: string): boolean {
  try {
    decodeProtectedHeader(token)
    return true
  } catch {
    return false
  }
}
