import { attemptUntilDone } from './attempts.ts'
import { type ClientBase, emitCall, hideIn, redactorOf, startCall } from './call.ts'
import { endpointName } from './endpoint-url.ts'
import { LogoutError } from './errors.ts'
import { completedMetadata, endpointsOf } from './metadata-endpoints.ts'
import type { ProviderEndpoints } from './provider.ts'
import type { ResolvedIssuer } from './resolve-options.ts'
import { judgeMetadata } from './verdict.ts'

const MAX_METADATA_BYTES = 262_144

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
 * its `issuer` is the requested one. As long as no revocation endpoint can be used, the next document completes it.
 *
 * @throws LogoutError `discovery_failed`, retryable if the provider may respond later
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 | RFC 8414 §3}
 */
export async function discover(base: ClientBase, location: ResolvedIssuer): Promise<ProviderEndpoints> {
  const { options, api } = base
  const headers = { ...options.headers, accept: 'application/json' }
  const { issuer: issuers } = location
  const call = await startCall(base, 'discover')
  let found: ProviderEndpoints | undefined
  let problem: LogoutError | undefined
  let attempts = 0
  for (const url of metadataUrls(location)) {
    const outcome = await attemptUntilDone(call, {
      method: 'GET',
      url,
      judge: judgeMetadata,
      send: async (_attempt, signal) => {
        const to = { url, headers, signal, maxBodyBytes: MAX_METADATA_BYTES, hide: hideIn(call) }
        const { response } = await api.GET('/.well-known/openid-configuration', { parseAs: 'stream', to })
        return response
      },
    })
    attempts += outcome.attempts
    if (!outcome.ok) {
      problem ??= outcome.error
      // During an outage, a provider fails for every document.
      if (outcome.error.retryable) break
      continue
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
