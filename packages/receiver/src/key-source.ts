import { checkMetadataUrl, emit, SharedWork } from '@backend-logout/core'
import type { CompactToken } from './compact-token.ts'
import { LogoutTokenError } from './errors.ts'
import { fetchJson } from './fetch-json.ts'
import type { SignatureHeader } from './header.ts'
import { KeySet } from './key-set.ts'
import type { TrustedIssuer, VerifierSettings } from './options.ts'
import { isSignedWith } from './signature.ts'
import { reasonOf } from './thrown.ts'

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
/** The time for which metadata are used whatever tokens arrive, in milliseconds: the provider may move its keys. */
const METADATA_MS = 60_000
/** Beyond this number of tokens that metadata do not fit, tokens with new keys no longer cause them to be read earlier. */
const FLOOD = 10

/** The members of a provider's metadata that are used. */
interface Metadata {
  readonly jwksUri: string
  /** `undefined` if it lists none of them. */
  readonly algorithms: readonly unknown[] | undefined
  readonly readAt: number
}

/** The reason why a token is not accepted. */
interface Refusal {
  readonly code: 'algorithm_not_allowed' | 'unknown_key' | 'wrong_signature'
  readonly message: string
  /** It is final for tokens that arrived before then, whatever newer keys and metadata say. */
  readonly finalUntil: number
}

/**
 * The keys of one issuer, only from the `jwks_uri` of its metadata. All calls share one fetch. Times are measured on a
 * monotonic clock.
 */
export class KeySource {
  readonly #issuer: TrustedIssuer
  readonly #settings: VerifierSettings
  #metadata: Metadata | undefined
  /** The number of tokens that were not accepted at first, since the metadata were read. */
  #misfits = 0
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
   * Verifies the signature of a token. Senders do not deliver a refused token again, so keys and metadata that are older
   * than 30 seconds do not decide on it: they are requested again, or, if that is not possible now, `keys_unavailable`
   * lets the sender try again. While many forged tokens arrive, metadata may be a minute old when keys are requested.
   *
   * @throws LogoutTokenError `keys_unavailable`, `algorithm_not_allowed`, `unknown_key` or `wrong_signature`
   */
  async verify(token: CompactToken, header: SignatureHeader): Promise<void> {
    const arrivedAt = performance.now()
    if (this.#ageMs() > FRESH_MS) await this.#refresh()
    let refusal = await this.#judge(token, header)
    if (refusal) this.#misfits++
    if (refusal && refusal.finalUntil <= arrivedAt) {
      // Possibly a new algorithm, or else a new key, which may be at a new address.
      if (refusal.code === 'algorithm_not_allowed' || this.#misfits <= FLOOD) this.#expireMetadata()
      if (await this.#refresh()) refusal = await this.#judge(token, header)
    }
    if (!refusal) return
    if (refusal.finalUntil <= arrivedAt) throw this.#unavailable()
    throw new LogoutTokenError(refusal.code, refusal.message)
  }

  async #judge(token: CompactToken, header: SignatureHeader): Promise<Refusal | undefined> {
    const keys = this.#keys
    const readAt = this.#readAt
    if (!keys || this.#ageMs() > LAST_GOOD_MS) throw this.#unavailable()
    const metadata = this.#metadata as Metadata
    if (metadata.algorithms && !metadata.algorithms.includes(header.alg)) {
      const message = "The token's alg is not in the issuer's metadata."
      return { code: 'algorithm_not_allowed', message, finalUntil: readAt + PAUSE_MS }
    }
    const candidates = await keys.candidates(header)
    if (candidates.length === 0) {
      const message = 'The issuer has no key that matches the kid and the alg of the token.'
      return { code: 'unknown_key', message, finalUntil: readAt + PAUSE_MS }
    }
    if (await isSignedWith(candidates, token, header.alg)) return undefined
    const message = 'The signature of the token is invalid.'
    // A new key has a new `kid` (OpenID Connect Core 1.0 §10.1.1), so fresh keys suffice. Without a `kid`, any could be new.
    return { code: 'wrong_signature', message, finalUntil: readAt + (keys.has(header.kid) ? FRESH_MS : PAUSE_MS) }
  }

  #unavailable(): LogoutTokenError {
    const message = "The issuer's current keys cannot be fetched at the moment."
    return new LogoutTokenError('keys_unavailable', message, { retryAfterMs: this.#pauseLeftMs() })
  }

  #ageMs(): number {
    return performance.now() - this.#readAt
  }

  #pauseLeftMs(): number {
    return Math.max(0, this.#triedAt + (this.#keys ? PAUSE_MS : FIRST_PAUSE_MS) - performance.now())
  }

  /** Joins the fetch in progress, or begins one if it is time. Resolves to `false` without a fetch. */
  async #refresh(): Promise<boolean> {
    if (!this.#fetching.isRunning && this.#pauseLeftMs() > 0) return false
    // A failure has been reported; the last good keys stay in use.
    await this.#fetching.run().catch(() => {})
    return true
  }

  /** Replaces the keys. Rejects if it keeps the existing ones, so that calls that wait for a later fetch still do. */
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
      this.#expireMetadata()
      const message = `The keys of ${issuer} could not be fetched: ${reasonOf(error)}.`
      emit(onEvent, { type: 'keys_failed', issuer, message })
      throw error
    }
  }

  /** The next fetch reads the metadata again. */
  #expireMetadata(): void {
    this.#metadata &&= { ...this.#metadata, readAt: Number.NEGATIVE_INFINITY }
  }

  async #discover(): Promise<Metadata> {
    const now = performance.now()
    if (this.#metadata && now - this.#metadata.readAt <= METADATA_MS) return this.#metadata
    const { transport, timeoutMs, allowInsecureHttp } = this.#settings
    const { issuer, metadataUrl } = this.#issuer
    const metadata = await fetchJson(transport, metadataUrl, timeoutMs)
    if (metadata.issuer !== issuer) throw new Error('its metadata is that of another issuer')
    if (typeof metadata.jwks_uri !== 'string') throw new Error('its metadata has no jwks_uri')
    const policy = { allowInsecureHttp, endpointHosts: undefined, metadataUrl }
    const jwksUri = checkMetadataUrl(metadata.jwks_uri, "The provider's jwks_uri", issuer, policy)
    const listed = metadata.id_token_signing_alg_values_supported
    const algorithms = Array.isArray(listed) && listed.length > 0 ? (listed as readonly unknown[]) : undefined
    this.#metadata = { jwksUri, algorithms, readAt: now }
    this.#misfits = 0
    return this.#metadata
  }
}
