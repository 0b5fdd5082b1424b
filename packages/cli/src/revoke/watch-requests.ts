import type { LogoutEvent } from '@backend-logout/node'
import type { RateLimit } from '../rate-limit.ts'
import { MAX_ENDPOINTS } from './endpoints.ts'

/** The options of a client that report each sent request to a rate limit, and collect the addresses. */
export function watchRequests(
  rateLimit: RateLimit | undefined,
  endpoints: Set<string> | undefined,
): { onEvent?: (event: LogoutEvent) => void } {
  if (!rateLimit && !endpoints) return {}
  return {
    onEvent: ({ type, endpoint }) => {
      if (type !== 'attempt') return
      rateLimit?.sent()
      if (endpoint !== undefined && endpoints && endpoints.size < MAX_ENDPOINTS) endpoints.add(endpoint)
    },
  }
}
