import { attemptUntilDone, type EndpointRequest } from './attempts.ts'
import { type Call, type ClientBase, emitCall, hideIn, redactorOf, startCall } from './call.ts'
import { endpointName } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import { completedMetadata, endpointsOf, partially } from './metadata-endpoints.ts'
import type { ProviderEndpoints, ProviderMetadata } from './provider.ts'
import type { ResolvedIssuer } from './resolve-options.ts'
import { judgeMetadata } from './verdict.ts'

const MAX_METADATA_BYTES = 262_144

/** The time for another document once one is found, in milliseconds. Other calls wait 2 seconds for all of them. */
const MORE_MS = 1_500

/** Addresses of metadata: configured, below the issuer (OIDC), or between its host and path (RFC 8414 §3.1 and §5). */
function metadataUrls({ metadataUrl, issuer: [issuer = ''] }: ResolvedIssuer): string[] {
  if (metadataUrl !== undefined) return [metadataUrl]
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/+$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
    ...(path ? [`${origin}/.well-known/openid-configuration${path}`] : []),
  ]
}

/**
 * Fetches a provider's metadata and reads its endpoints, within the client's own limits. A document is valid only if
 * its `issuer` is the requested one. As long as no revocation endpoint can be used, the next document completes it. That
 * one gets a single short attempt: whatever becomes of it, what was found is used.
 *
 * @param onPart Is called with what was found before the next document is fetched.
 * @throws LogoutError `discovery_failed`, retryable if the provider may respond later
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 | RFC 8414 §3}
 */
export async function discover(
  base: ClientBase,
  location: ResolvedIssuer,
  onPart: (part: ProviderEndpoints) => void,
): Promise<ProviderEndpoints> {
  const { options } = base
  const { issuer: issuers } = location
  const call = await startCall(base, 'discover')
  let found: ProviderEndpoints | undefined
  let problem: LogoutError | undefined
  let attempts = 0
  for (const url of metadataUrls(location)) {
    const outcome = await attemptUntilDone(found ? briefly(call) : call, documentAt(url, base, call))
    attempts += outcome.attempts
    if (!outcome.ok) {
      problem ??= outcome.error
      if (!outcome.error.retryable) continue
      // During an outage, a provider fails for every document.
      found &&= partially(found, outcome.error.message)
      break
    }
    const metadata = outcome.json
    if (!issuers.includes(metadata.issuer)) {
      const stated = redactorOf(call)(metadata.issuer, 200)
      problem = new LogoutError('discovery_failed', `${endpointName(url)} is the metadata of issuer '${stated}'.`)
      continue
    }
    const { metadata: earlier, unusable } = found ?? {}
    found = endpointsOf(earlier ? completedMetadata(earlier, metadata, unusable) : metadata, options, location)
    if (found.revocation !== undefined) break
    onPart(partially(found, 'The call ended before the next one.'))
  }
  const durationMs = options.clock.now() - call.startedAt
  emitCall(call, () => ({ type: 'outcome', attempts, durationMs, code: found ? undefined : 'discovery_failed' }))
  if (found) return found
  throw new LogoutError(
    'discovery_failed',
    `No metadata of issuer '${issuers[0]}' could be used. ${problem?.message} Set issuer exactly as the provider states it, or set endpoints.`,
    {
      cause: problem,
      retryable: problem?.retryable,
      status: problem?.status,
      retryAfterMs: problem?.retryAfterMs,
      attempts: 0,
    },
  )
}

function documentAt(url: string, { options, api }: ClientBase, call: Call): EndpointRequest<ProviderMetadata> {
  const headers = { ...options.headers, accept: 'application/json' }
  const send: EndpointRequest['send'] = async (_attempt, signal) => {
    const to = { url, headers, signal, maxBodyBytes: MAX_METADATA_BYTES, hide: hideIn(call) }
    const { response } = await api.GET('/.well-known/openid-configuration', { parseAs: 'stream', to })
    return response
  }
  return { method: 'GET', url, judge: judgeMetadata, send }
}

/** The same call, with one short attempt for each request. */
function briefly(call: Call): Call {
  const { timeoutMs, deadlineMs } = call.limits
  return { ...call, limits: { timeoutMs: Math.min(timeoutMs, MORE_MS), deadlineMs, retries: 0 } }
}
