import {
  checkBaseUrl,
  checkUrl,
  fetchTransport,
  invalidOption,
  refuseUnknownOption,
  type Transport,
} from '@backend-logout/core'
import type { JWK } from 'jose'
import type { OnReceiverEvent } from './events.ts'
import { copyJwk } from './jwk.ts'
import { createReplayMemory, type ReplayStore } from './replays.ts'

/**
 * A private key as a JSON Web Key.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 | RFC 7517 §4}
 */
export type DecryptionJwk = JWK

/** A provider whose logout tokens are accepted, and the expected form of its tokens. */
export interface IssuerOptions {
  /** The provider, exactly as it writes itself in `iss`. */
  readonly issuer: string
  /** The application's id at this provider, or its ids. */
  readonly clientId: string | readonly string[]
  /**
   * The algorithms that tokens may be signed with. Of these, only those are accepted that the provider's metadata lists
   * in `id_token_signing_alg_values_supported`. Symmetric algorithms and `none` are not supported.
   * @default RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA and Ed25519
   */
  readonly algorithms?: readonly LogoutTokenAlgorithm[] | undefined
  /**
   * Accepts tokens without `exp` for two minutes from `iat`. Ory Hydra, LemonLDAP::NG and authentik before 2025.8.2 send
   * such tokens.
   * @default false
   */
  readonly allowMissingExp?: boolean | undefined
  /**
   * Accepts only the `typ` `logout+jwt`. By default, `typ` may also be missing or `JWT`, which many providers send.
   * @default false
   */
  readonly strictType?: boolean | undefined
  /**
   * Maximum difference between the provider's clock and this one, in seconds, 0 to 600.
   * @default 60
   */
  readonly clockToleranceSeconds?: number | undefined
  /**
   * The application's private keys (RSA or EC), if it has agreed on encrypted ID tokens with the provider. Tokens that
   * are not encrypted are refused then.
   * @default tokens are not encrypted
   */
  readonly decryptionKeys?: readonly DecryptionJwk[] | undefined
  /**
   * Address of the provider's metadata.
   * @default `/.well-known/openid-configuration` below `issuer`
   */
  readonly metadataUrl?: string | URL | undefined
}

/** Options of {@link createLogoutTokenVerifier} that apply to all issuers. */
export interface SharedVerifierOptions {
  /**
   * Remembers processed tokens. Processes that share one recognize each other's tokens.
   * @default the memory of this process
   */
  readonly replays?: ReplayStore | undefined
  /**
   * Sends the requests for metadata and keys.
   * @default the global `fetch`
   */
  readonly transport?: Transport | undefined
  /**
   * Time limit for each request for metadata or keys, and for `replays.has()`, in milliseconds.
   * @default 5_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Allows plain http beyond loopback. Anyone who can change that network can log users out.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined
  /** Receives events, for logs and metrics. */
  readonly onEvent?: OnReceiverEvent | undefined
}

/** Options of {@link createLogoutTokenVerifier}: one issuer, or several. */
export type LogoutTokenVerifierOptions = SharedVerifierOptions &
  (IssuerOptions | { readonly issuers: readonly IssuerOptions[] })

/** An algorithm that a logout token can be signed with. */
export type LogoutTokenAlgorithm = (typeof ALGORITHMS)[number]

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

const ISSUER: Readonly<Record<keyof IssuerOptions, true>> = {
  issuer: true,
  clientId: true,
  algorithms: true,
  allowMissingExp: true,
  strictType: true,
  clockToleranceSeconds: true,
  decryptionKeys: true,
  metadataUrl: true,
}
const SHARED: Readonly<Record<keyof SharedVerifierOptions, true>> = {
  replays: true,
  transport: true,
  timeoutMs: true,
  allowInsecureHttp: true,
  onEvent: true,
}
/** The names in `jose` and in the clients of this project. */
const HINTS = {
  audience: 'use clientId',
  appId: 'use clientId',
  appHost: 'use issuer',
  clockTolerance: 'use clockToleranceSeconds',
  jwksUri: 'use metadataUrl',
}

/** {@link IssuerOptions}, checked. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly clientIds: ReadonlySet<string>
  readonly algorithms: ReadonlySet<string>
  readonly allowMissingExp: boolean
  readonly strictType: boolean
  readonly clockToleranceSeconds: number
  readonly decryptionKeys: readonly DecryptionJwk[]
  readonly metadataUrl: string
}

/** {@link LogoutTokenVerifierOptions}, checked. */
export interface VerifierSettings {
  /** By their `iss`. */
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  readonly replays: ReplayStore
  readonly transport: Transport
  readonly timeoutMs: number
  readonly allowInsecureHttp: boolean
  readonly onEvent: OnReceiverEvent | undefined
}

/** Names of options of other code, next to those of a verifier. */
export interface OtherNames {
  /** Those that it reads. */
  readonly more: object
  /** Options of verifiers that would have no effect there, with the reason as the end of a message. */
  readonly without: Readonly<Record<string, string>>
}

/**
 * Checks options and fills in the defaults.
 *
 * @throws LogoutError `invalid_options`
 */
export function resolveOptions(
  options: LogoutTokenVerifierOptions,
  { more, without }: OtherNames = { more: {}, without: {} },
): VerifierSettings {
  if (typeof options !== 'object' || options === null) invalidOption('options', 'must be an object.')
  refuseInapplicable(options, without)
  const { replays = createReplayMemory(), transport = fetchTransport(), timeoutMs = 5_000, onEvent } = options
  const allowInsecureHttp = options.allowInsecureHttp === true
  const given = 'issuers' in options ? options.issuers : [options]
  if (!Array.isArray(given) || given.length === 0) invalidOption('issuers', 'must be a list that is not empty.')
  const own = 'issuers' in options ? { issuers: true } : ISSUER
  const known = Object.entries({ ...own, ...SHARED, ...more }).filter(([name]) => !Object.hasOwn(without, name))
  refuseUnknownOption(options, Object.fromEntries(known), HINTS)
  if (typeof replays?.has !== 'function' || typeof replays.add !== 'function') {
    invalidOption('replays', 'must have has() and add().')
  }
  if (typeof transport?.send !== 'function') invalidOption('transport', 'must have send().')
  if (!(timeoutMs >= 1 && timeoutMs <= 60_000)) invalidOption('timeoutMs', 'must be 1 to 60000 milliseconds.')
  if (onEvent !== undefined && typeof onEvent !== 'function') invalidOption('onEvent', 'must be a function.')
  const issuers = new Map<string, TrustedIssuer>()
  if ('issuers' in options) {
    for (const one of given) {
      refuseInapplicable(Object(one), without, 'issuers.')
      refuseUnknownOption(Object(one), ISSUER, HINTS, 'issuers.')
    }
  }
  for (const issuer of given.map((one) => resolveIssuer(one, allowInsecureHttp))) {
    if (issuers.has(issuer.issuer)) invalidOption('issuers', 'must not name an issuer twice; list its ids in clientId.')
    issuers.set(issuer.issuer, issuer)
  }
  return { issuers, replays, transport, timeoutMs, allowInsecureHttp, onEvent }
}

/** Also finds those that an object inherits. */
function refuseInapplicable(
  options: object,
  without: Readonly<Record<string, string>>,
  of: '' | 'issuers.' = '',
): void {
  for (const [name, reason] of Object.entries(without)) {
    if ((options as Record<string, unknown>)[name] !== undefined) {
      invalidOption(of + name, `is not an option here: ${reason}.`)
    }
  }
}

function resolveIssuer(options: IssuerOptions, allowInsecureHttp: boolean): TrustedIssuer {
  if (typeof options !== 'object' || options === null) invalidOption('issuers', 'must list objects.')
  const { issuer, clientId, algorithms = ALGORITHMS, decryptionKeys = [], clockToleranceSeconds = 60 } = options
  const { allowMissingExp = false, strictType = false, metadataUrl } = options
  if (typeof issuer !== 'string') invalidOption('issuer', 'must be a string, as in the iss of tokens.')
  const { origin, pathname } = checkBaseUrl(issuer, 'issuer', allowInsecureHttp)
  const clientIds = new Set([clientId].flat())
  if (clientIds.size === 0 || ![...clientIds].every((id) => typeof id === 'string' && id !== '')) {
    invalidOption('clientId', 'must be a string, or a list of strings.')
  }
  if (!Array.isArray(algorithms) || algorithms.length === 0 || !algorithms.every((alg) => ALGORITHMS.includes(alg))) {
    invalidOption('algorithms', `must be a list of ${ALGORITHMS.join(', ')}.`)
  }
  for (const [name, value] of Object.entries({ allowMissingExp, strictType })) {
    if (typeof value !== 'boolean') invalidOption(name, 'must be true or false.')
  }
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 600)) {
    invalidOption('clockToleranceSeconds', 'must be 0 to 600.')
  }
  if (!Array.isArray(decryptionKeys) || !decryptionKeys.every(isPrivateKey)) {
    invalidOption('decryptionKeys', 'must be a list of private RSA or EC keys, as JWKs.')
  }
  const wellKnown = `${origin}${pathname.replace(/\/+$/, '')}/.well-known/openid-configuration`
  return Object.freeze({
    issuer,
    clientIds,
    algorithms: new Set<string>(algorithms),
    allowMissingExp,
    strictType,
    clockToleranceSeconds,
    // Copies: later changes to the caller's objects must have no effect.
    decryptionKeys: decryptionKeys.map(copyJwk),
    metadataUrl: metadataUrl === undefined ? wellKnown : checkUrl(metadataUrl, 'metadataUrl', allowInsecureHttp).href,
  })
}

function isPrivateKey(key: unknown): boolean {
  const { kty, d } = (key ?? {}) as DecryptionJwk
  return (kty === 'RSA' || kty === 'EC') && typeof d === 'string'
}
