import type { LogoutClient } from '@backend-logout/core'
import { refuse } from './errors.ts'
import type { OnOutboxEvent } from './events.ts'
import { createFingerprint } from './fingerprint.ts'
import type { EncryptionKey } from './keyring.ts'
import { refuseUnknownOption } from './option-names.ts'
import type { OutboxRevocations } from './revocation-list.ts'
import { type OutboxStore, type ResolvedStore, resolveStore } from './store-options.ts'

/** Options of {@link openOutbox}. */
export interface OutboxOptions {
  /** The place where logouts are stored: a folder, a Postgres server, or memory for tests. */
  readonly store: OutboxStore
  /**
   * Revokes the tokens: a client of `@backend-logout/core` or of a package that builds on it. Only {@link Outbox.work}
   * requires it.
   */
  readonly client?: (Pick<LogoutClient, 'logout'> & Partial<LogoutClient>) | undefined
  /**
   * Names the application and its provider, with up to 1000 characters. Logouts are bound to it when they are added: a
   * worker of another name does not send their tokens, and makes them dead letters (`other_provider`). If several
   * providers share a database or keys, set it in processes that add without a `client`.
   * @default `appId` and `provider` of the client; without a client, logouts are not bound to a provider
   */
  readonly provider?: string | undefined
  /**
   * The revocation list that your services follow, such as the log of `@backend-logout/revocations`. Access tokens are
   * appended before a logout is stored, and in the same transaction if there is one, so that your services refuse them
   * before the provider is called. If that fails, {@link Outbox.add} rejects.
   */
  readonly revocations?: OutboxRevocations | undefined
  /**
   * The keys for the tokens. The first key encrypts, and each of them decrypts. To replace a key, add the new one
   * at the end everywhere, then move it to the front, and remove the old one when nothing encrypted with it is left. Required, except with a store in memory.
   */
  readonly encryptionKeys?: readonly EncryptionKey[] | undefined
  /**
   * Time limit for revoking a token whose expiry is unknown, in milliseconds, up to ten years.
   * @default 2_592_000_000 (30 days)
   */
  readonly maxAgeMs?: number | undefined
  /**
   * Maximum number of failures of a logout for a reason that a changed configuration would fix (the client is not accepted, the
   * endpoint is missing, a proxy answers instead of the provider, the key is missing) before it becomes a dead letter.
   * @default 3
   */
  readonly maxRefusals?: number | undefined
  /**
   * Time limit for {@link Outbox.add}, including the entry on the list of `revocations`, in milliseconds. While the
   * database cannot be reached, such as during its restart, it retries within this time. With 0, it tries once.
   * @default 5_000
   */
  readonly addTimeoutMs?: number | undefined
  /**
   * Makes the fingerprints of tokens, which are stored in the clear and part of events, with this key of at least 16 bytes:
   * then only its owner can test guesses at short or predictable tokens, see `fingerprintToken` of `@backend-logout/core`.
   * @default none: the beginning of SHA-256
   */
  readonly fingerprintKey?: string | undefined
  /** Receives events, for logs, metrics and traces. */
  readonly onEvent?: OnOutboxEvent | undefined
}

/** Checked {@link OutboxOptions}. */
export interface ResolvedOptions {
  readonly store: ResolvedStore
  readonly client: Pick<LogoutClient, 'logout'> | undefined
  readonly revocations: OutboxRevocations | undefined
  readonly provider: string | undefined
  readonly maxAgeMs: number
  readonly maxRefusals: number
  readonly addTimeoutMs: number
  readonly fingerprint: (token: string) => string
  readonly onEvent: OnOutboxEvent | undefined
}

/** The options; the compiler reports missing ones. */
const NAMES: Readonly<Record<keyof OutboxOptions, true>> = {
  store: true,
  client: true,
  revocations: true,
  encryptionKeys: true,
  maxAgeMs: true,
  maxRefusals: true,
  addTimeoutMs: true,
  fingerprintKey: true,
  onEvent: true,
  provider: true,
}

const TEN_YEARS_MS = 315_360_000_000

/**
 * Checks the options and fills in the defaults.
 *
 * @throws OutboxError `invalid_options`
 */
export function resolveOptions(options: OutboxOptions): ResolvedOptions {
  const hints = { keys: 'use encryptionKeys', database: 'use store' }
  refuseUnknownOption(options, NAMES, { hints, code: 'invalid_options' })
  const { client, revocations, maxAgeMs = 2_592_000_000, maxRefusals = 3, addTimeoutMs = 5_000, onEvent } = options
  const store = resolveStore(options.store)
  if (client !== undefined && typeof client?.logout !== 'function')
    refuse('invalid_options', 'client must be a logout client.')
  if (revocations !== undefined && typeof revocations?.append !== 'function')
    refuse('invalid_options', 'revocations must have append().')
  const provider = options.provider ?? providerOf(client)
  if (provider !== undefined && !(typeof provider === 'string' && /^.{1,1000}$/s.test(provider))) {
    refuse('invalid_options', 'provider must be a string of 1 to 1000 characters.')
  }
  const fingerprint = createFingerprint(options.fingerprintKey)
  if (onEvent !== undefined && typeof onEvent !== 'function') refuse('invalid_options', 'onEvent must be a function.')
  if (!(maxAgeMs >= 1 && maxAgeMs <= TEN_YEARS_MS)) refuse('invalid_options', 'maxAgeMs must be 1 ms to ten years.')
  if (!(Number.isInteger(maxRefusals) && maxRefusals >= 1))
    refuse('invalid_options', 'maxRefusals must be a whole number from 1 on.')
  if (!(addTimeoutMs >= 0 && addTimeoutMs <= 86_400_000))
    refuse('invalid_options', 'addTimeoutMs must be 0 to 86400000 ms.')
  const { encryptionKeys } = options
  if (encryptionKeys !== undefined && !Array.isArray(encryptionKeys)) {
    refuse('invalid_options', 'encryptionKeys must be a list of { kid, key }.')
  }
  if (!encryptionKeys?.length && !(store.kind === 'embedded' && store.folder === undefined)) {
    refuse(
      'invalid_options',
      'encryptionKeys is required: tokens are never stored in the clear. Only { memory: true } may omit it.',
    )
  }
  return Object.freeze({
    store,
    client,
    revocations,
    provider,
    maxAgeMs,
    maxRefusals,
    addTimeoutMs,
    fingerprint,
    onEvent,
  })
}

/** A third party's client may not name its application. */
function providerOf(client: OutboxOptions['client']): string | undefined {
  const { appId, provider } = client ?? {}
  return appId !== undefined && provider !== undefined ? `${appId} ${provider}` : undefined
}
