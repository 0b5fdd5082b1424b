import { afterAll, beforeAll } from 'vitest'
import type { IssuerOptions } from '../options.ts'
import { createLogoutTokenVerifier, type LogoutTokenVerifier } from '../verifier.ts'
import { createKey, type IssuerKey, TestIssuer } from './issuer.ts'
import { verdictOf } from './verdict.ts'

/** The issuer of the tokens. */
export let issuer: TestIssuer
/** A key that the issuer does not have. */
export let stranger: IssuerKey
/** A verifier of its tokens. */
export let verifier: LogoutTokenVerifier
/** Starts the issuer for the tests of a file. */
export function setUpIssuer(): void {
  beforeAll(async () => {
    issuer = await TestIssuer.start()
    stranger = await createKey('RS256')
    verifier = verifierFor()
  })
  afterAll(() => issuer[Symbol.asyncDispose]())
}

/** Another verifier of its tokens. */
export const verifierFor = (options: Partial<IssuerOptions> = {}): LogoutTokenVerifier =>
  createLogoutTokenVerifier({ issuer: issuer.url, clientId: 'app', ...options })

/** The reason for a refusal, or `accepted`. */
export const verdict = (token: string | Promise<string>, by = verifier): Promise<string> => verdictOf(token, by)

/** The time, in seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000)
/** Encodes a part of a JWT. */
export const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token with these claims and no signature. */
export const unsigned = (claims: string): string =>
  `${base64url({ alg: 'RS256' })}.${Buffer.from(claims).toString('base64url')}.e30`
/** Changes the parts of a token. */
export const reencode = async (token: Promise<string>, change: (parts: string[]) => string[]): Promise<string> =>
  change((await token).split('.')).join('.')
