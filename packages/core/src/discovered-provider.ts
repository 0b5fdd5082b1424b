import type { ClientBase } from './call.ts'
import { discover } from './discovery.ts'
import { LogoutError } from './errors.ts'
import type { Provider, ProviderEndpoints } from './provider.ts'
import type { ResolvedIssuer } from './resolve-options.ts'
import { SharedWork } from './shared-work.ts'
import { EndedEarly, endedBefore, withTimeLimit } from './time-limit.ts'

/**
 * Metadata is fetched again no more often than this in the background, in milliseconds; a part of it, and one with an
 * endpoint that can no longer be used, this often.
 */
const REFRESH_INTERVAL_MS = 60_000

/** The time that a call waits for the fetch of another one before it begins its own, in milliseconds. */
const PATIENCE_MS = 2_000

/** Statuses of an address without an endpoint, whatever the body: some web servers and gateways send a page. */
const MISSING = [404, 405, 410]

/** Creates a provider whose endpoints are in its metadata. A failure to fetch it is not kept: the next call tries again. */
export function discoveredProvider(base: ClientBase, location: ResolvedIssuer): Provider {
  const { clock } = base.options
  let known: ProviderEndpoints | undefined
  /** The first document, while the next one is being fetched. */
  let part: ProviderEndpoints | undefined
  let fetchedAt = Number.NEGATIVE_INFINITY
  let triedAt = 0
  const metadata = new SharedWork(
    async () => {
      const startedAt = clock.now()
      triedAt = startedAt
      const found = await discover(base, location, (early) => {
        part = early
      })
      const kept = stillUsable(known, found.unusable)
      if (!found.isPart && !Object.keys(kept).length) fetchedAt = startedAt
      // All of the old metadata is better than a part of the new.
      if (!found.isPart || !known || known.isPart) known = { ...found, ...kept }
      return known
    },
    PATIENCE_MS,
    clock,
  )
  const refreshAfter = (ageMs: number): void => {
    const now = clock.now()
    if (now - fetchedAt < ageMs || now - triedAt < Math.min(ageMs, REFRESH_INTERVAL_MS)) return
    // When it fails, the last good metadata stays in use.
    metadata.run().catch(() => {})
  }
  /** The part for a call whose time is over before all metadata is fetched. */
  const partOr = (error: LogoutError): ProviderEndpoints => {
    if (part && error.code === 'timeout') return part
    throw error
  }
  return {
    get known() {
      return known ?? part
    },
    async endpoints(wait) {
      if (known) {
        refreshAfter(location.metadataMaxAgeMs)
        return known
      }
      const late = endedBefore(wait, clock)
      if (late) return partOr(late)
      // Each call waits no longer than it may.
      try {
        return await withTimeLimit(() => metadata.run(), wait.deadlineAt - clock.now(), wait.signal, clock)
      } catch (error) {
        if (!(error instanceof EndedEarly)) throw error
        const message = `The call ended while it waited for the metadata of ${location.issuer[0]}. No token was sent.`
        return partOr(new LogoutError(error.why, message, { attempts: 0 }))
      }
    },
    endpointFailed: ({ code, status = 0 }) => {
      if (code === 'redirect_refused' || MISSING.includes(status)) refreshAfter(REFRESH_INTERVAL_MS)
    },
  }
}

/**
 * The old addresses of endpoints that new metadata states in an unusable form, or not yet: a mistake in a document must
 * not keep tokens active. An endpoint that it no longer lists is gone.
 */
function stillUsable(known: ProviderEndpoints | undefined, unusable: ProviderEndpoints['unusable'] = {}): object {
  const names = Object.keys(unusable) as (keyof typeof unusable)[]
  return Object.fromEntries(names.filter((name) => known?.[name]).map((name) => [name, known?.[name]]))
}
