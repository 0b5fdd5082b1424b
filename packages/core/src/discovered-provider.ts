import type { ClientBase } from './call.ts'
import { discover } from './discovery.ts'
import { LogoutError } from './errors.ts'
import type { Provider, ProviderEndpoints } from './provider.ts'
import type { ResolvedIssuer } from './resolve-options.ts'
import { SharedWork } from './shared-work.ts'
import { EndedEarly, endedBefore, withTimeLimit } from './time-limit.ts'

/** Metadata is fetched again no more often than this in the background, in milliseconds. */
const REFRESH_INTERVAL_MS = 60_000

/** The time that a call waits for the fetch of another one before it begins its own, in milliseconds. */
const PATIENCE_MS = 2_000

/** Creates a provider whose endpoints are in its metadata. A failure to fetch it is not kept: the next call tries again. */
export function discoveredProvider(base: ClientBase, location: ResolvedIssuer): Provider {
  const { clock } = base.options
  let known: ProviderEndpoints | undefined
  let fetchedAt = 0
  let triedAt = 0
  const metadata = new SharedWork(
    async () => {
      const startedAt = clock.now()
      triedAt = startedAt
      known = await discover(base, location)
      fetchedAt = startedAt
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
  return {
    get known() {
      return known
    },
    async endpoints(wait) {
      if (known) {
        refreshAfter(location.metadataMaxAgeMs)
        return known
      }
      const late = endedBefore(wait, clock)
      if (late) throw late
      // Each call waits no longer than it may.
      try {
        return await withTimeLimit(() => metadata.run(), wait.deadlineAt - clock.now(), wait.signal, clock)
      } catch (error) {
        if (!(error instanceof EndedEarly)) throw error
        const message = `The call ended while it waited for the metadata of ${location.issuer[0]}. No token was sent.`
        throw new LogoutError(error.why, message, { attempts: 0 })
      }
    },
    endpointMissing: () => refreshAfter(REFRESH_INTERVAL_MS),
  }
}
