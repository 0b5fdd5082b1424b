import { createHash } from 'node:crypto'
import type { Application } from './applications.ts'

/** The two kinds of token that can be revoked, in the words of RFC 7009. */
export type TokenKind = 'access_token' | 'refresh_token'

/** A token the emulator issued, named by its fingerprint so that it can be shown. */
export interface IssuedToken {
  /** `sha256:` and the first 16 hexadecimal digits of the token's SHA-256. */
  readonly fingerprint: string
  /** Access token or refresh token. */
  readonly kind: TokenKind
  /** The user it was issued for. */
  readonly sub: string
  /** True while the provider accepts it. */
  readonly active: boolean
}

/** Options for issuing tokens in bulk. */
export interface IssueTokensOptions {
  /** The application they are issued to. By default the one with `client_secret_post`. */
  readonly app?: Application
  /** The user they are issued for. @default 'user' */
  readonly user?: string
  /** Type of the tokens. @default 'access_token' */
  readonly kind?: TokenKind
  /** The lifetime of access tokens, in seconds. By default that of the emulator. */
  readonly accessTokenTtl?: number
}

/** Names a token without showing it. */
export function fingerprintToken(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`
}
