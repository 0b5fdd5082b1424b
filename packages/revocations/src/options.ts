import { isName, MAX_ISSUER } from './entry.ts'
import { refuse } from './errors.ts'
import type { OnRevocationListEvent } from './events.ts'
import { refuseOthers } from './option-names.ts'
import type { RevocationSource } from './source.ts'

/** Options of {@link followRevocations}. */
export interface FollowOptions {
  /** Source of the entries: {@link revocationFeed}, a log in this process, or your own. */
  readonly source: RevocationSource
  /**
   * Maximum age of the list before `check` returns `stale`, in milliseconds, 1 000 to 86 400 000. It is also the
   * longest time for which a logout can go unnoticed while the feed cannot be reached.
   * @default 60_000
   */
  readonly maxStalenessMs?: number | undefined
  /**
   * Other names of issuers, for tokens or entries that spell one differently:
   * `{ 'accounts.google.com': 'https://accounts.google.com' }`.
   */
  readonly issuerAliases?: Readonly<Record<string, string>> | undefined
  /**
   * Maximum number of entries in the list. With more, it becomes stale and emits an event. A million takes about 100 MB.
   * @default 2_000_000
   */
  readonly maxEntries?: number | undefined
  /** Receives events, for logs, metrics and alerts. */
  readonly onEvent?: OnRevocationListEvent | undefined
}

/** Checked {@link FollowOptions}. */
export interface ResolvedFollowOptions {
  readonly source: RevocationSource
  readonly maxStalenessMs: number
  readonly aliases: ReadonlyMap<string, string>
  readonly maxEntries: number
  readonly onEvent: OnRevocationListEvent | undefined
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws RevocationError `invalid_options`
 */
export function resolveOptions(options: FollowOptions): ResolvedFollowOptions {
  const {
    source,
    maxStalenessMs = 60_000,
    issuerAliases = {},
    maxEntries = 2_000_000,
    onEvent,
    ...others
  } = options ?? {}
  refuseOthers(others, 'source, maxStalenessMs, issuerAliases, maxEntries, onEvent')
  if (typeof source?.read !== 'function') refuse('source must have read().')
  if (!(maxStalenessMs >= 1_000 && maxStalenessMs <= 86_400_000)) {
    refuse('maxStalenessMs must be 1000 to 86400000.')
  }
  if (!(maxEntries >= 1)) refuse('maxEntries must be 1 or more.')
  if (onEvent !== undefined && typeof onEvent !== 'function') refuse('onEvent must be a function.')
  // A list, a Map or a text would leave its issuers without aliases.
  const isPlain = String(issuerAliases) === '[object Object]'
  const aliases = new Map(Object.entries(isPlain ? issuerAliases : { '': '' }))
  for (const [alias, issuer] of aliases) {
    if (!isName(alias, MAX_ISSUER) || !isName(issuer, MAX_ISSUER) || aliases.has(issuer)) {
      refuse('issuerAliases must map issuers to issuers.')
    }
  }
  return { source, maxStalenessMs, aliases, maxEntries, onEvent }
}
