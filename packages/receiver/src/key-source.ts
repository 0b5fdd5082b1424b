import { checkMetadataUrl, emit, SharedWork } from '@backend-logout/core'
import type { CryptoKey } from 'jose'
import { LogoutTokenError } from './errors.ts'
import { fetchJson } from './fetch-json.ts'
import type { SignatureHeader } from './header.ts'
import { KeySet } from './key-set.ts'
import type { TrustedIssuer, VerifierSettings } from './options.ts'

/**
 * The maximum age of keys before they are fetched again, in milliseconds: a withdrawn key is used no longer than that.
 */
const FRESH_MS = 600_000
/** The time for which keys are used while newer ones cannot be fetched, in milliseconds. */
const LAST_GOOD_MS = 86_400_000
/** The pause between two fetches while there are keys, in milliseconds: forged tokens must not cause more. */
const PAUSE_MS = 30_000
/** The pause if there are no keys at all. */
const FIRST_PAUSE_MS = 5_000
/** The time for which an address from the metadata is used, in milliseconds. */
const METADATA_MS = 3_600_000

/** The members of a provider's metadata that are used. */
interface Metadata {
  readonly jwksUri: string
  /** `undefined` if it lists none of them. */
  readonly algorithms: readonly unknown[] | undefined
  readonly readAt: number
}

/**
 * The keys of one issuer, only from the `jwks_uri` of its metadata. All calls share one fetch. Times are measured on a
 * monotonic clock.
 */
export class KeySource {
  readonly #issuer: TrustedIssuer
  readonly #settings: VerifierSettings
  #metadata: Metadata | undefined
  #keys: KeySet | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  readonly #fetching: SharedWork<void>

  constructor(issuer: TrustedIssuer, settings: VerifierSettings) {
    this.#issuer = issuer
    this.#settings = settings
    this.#fetching = new SharedWork(() => this.#fetch(), settings.timeoutMs)
  }

  /**
   * The keys that a signature may have been made with.
   *
   * @throws LogoutTokenError `keys_unavailable`, `algorithm_not_allowed` or `unknown_key`
   */
  async candidates(header: SignatureHeader): Promise<CryptoKey[]> {
    if (this.#ageMs() > FRESH_MS) await this.#refresh()
    let found = await this.#find(header)
    // Possibly a new key.
    if (found.length === 0 && (await this.#refresh())) found = await this.#find(header)
    if (found.length > 0) return found
    throw new LogoutTokenError('unknown_key', 'The issuer has no key that matches the kid and the alg of the token.')
  }

  async #find(header: SignatureHeader): Promise<CryptoKey[]> {
    if (!this.#keys || this.#ageMs() > LAST_GOOD_MS) {
      throw new LogoutTokenError('keys_unavailable', "The issuer's keys cannot be fetched at the moment.")
    }
    const listed = this.#metadata?.algorithms
    if (listed && !listed.includes(header.alg)) {
      throw new LogoutTokenError('algorithm_not_allowed', "The token's alg is not in the issuer's metadata.")
    }
    return this.#keys.candidates(header)
  }

  #ageMs(): number {
    return performance.now() - this.#readAt
  }

  #mayFetch(): boolean {
    return performance.now() - this.#triedAt >= (this.#keys ? PAUSE_MS : FIRST_PAUSE_MS)
  }

  /** Joins the fetch in progress, or begins one if it is time. Resolves to `false` without a fetch. */
  async #refresh(): Promise<boolean> {
    if (!this.#fetching.isRunning && !this.#mayFetch()) return false
    await this.#fetching.run()
    return true
  }

  /** Replaces the keys, or keeps the existing ones. Never rejects. */
  async #fetch(): Promise<void> {
    const { transport, timeoutMs, onEvent } = this.#settings
    const { issuer } = this.#issuer
    const startedAt = performance.now()
    this.#triedAt = startedAt
    try {
      const { jwksUri } = await this.#discover()
      const keys = new KeySet((await fetchJson(transport, jwksUri, timeoutMs)).keys)
      // An empty set would make every token invalid.
      if (keys.size === 0) throw new Error('it has no key for signatures')
      // A later fetch may have been faster.
      if (startedAt > this.#readAt) {
        this.#keys = keys
        this.#readAt = startedAt
      }
      emit(onEvent, { type: 'keys_fetched', issuer, keys: keys.size })
    } catch (error) {
      // The next attempt also reads the metadata, because the address may have changed by then.
      this.#metadata &&= { ...this.#metadata, readAt: Number.NEGATIVE_INFINITY }
      const message = `The keys of ${issuer} could not be fetched: ${(error as Error)?.message ?? 'no reason given'}.`
      emit(onEvent, { type: 'keys_failed', issuer, message })
    }
  }

  async #discover(): Promise<Metadata> {
    const now = performance.now()
    if (this.#metadata && now - this.#metadata.readAt < METADATA_MS) return this.#metadata
    const { transport, timeoutMs, allowInsecureHttp } = this.#settings
    const { issuer, metadataUrl } = this.#issuer
    const metadata = await fetchJson(transport, metadataUrl, timeoutMs)
    if (metadata.issuer !== issuer) throw new Error('its metadata is that of another issuer')
    const policy = { allowInsecureHttp, endpointHosts: undefined, metadataUrl }
    const jwksUri = checkMetadataUrl(metadata.jwks_uri, "The provider's jwks_uri", issuer, policy)
    const listed = metadata.id_token_signing_alg_values_supported
    const algorithms = Array.isArray(listed) && listed.length > 0 ? (listed as readonly unknown[]) : undefined
    this.#metadata = { jwksUri, algorithms, readAt: now }
    return this.#metadata
  }
}
