import { type Transport, type TransportRequest, TransportResponse } from '@backend-logout/core'
import type { components } from '../generated/genauth-management.ts'
import { type JsonMembers, parseMembers } from '../json-object.ts'
import type { ManagementSettings } from './management-options.ts'
import { signedHeaders } from './request-signature.ts'

type Schemas = components['schemas']

/** A user, and the applications to check. */
export interface UserAtApplications {
  readonly userId: string
  readonly appIds: readonly string[]
}

/** Path of the call that ends sessions. */
export const KICK_PATH = '/api/v3/kick-users'
/** Path of the call that returns the state of a session. */
export const STATUS_PATH = '/api/v3/check-session-status'

/** The maximum number of applications that are queried at the same time. */
const CONCURRENCY = 10

/**
 * Adapts the management API for core: a revocation becomes a kick, and an introspection becomes one query for each
 * application, with a combined result: the user is active while logged in to one of them. So core's checks of
 * responses, its limits, retries and proof also apply here.
 */
export function managementTransport(settings: ManagementSettings, { userId, appIds }: UserAtApplications): Transport {
  const macs: string[] = []

  const post = async (request: TransportRequest, path: string, content: Readonly<Record<string, unknown>>) => {
    const signed = await signedHeaders(settings, { path, body: content })
    macs.push(...signed.macs)
    for (const mac of signed.macs) request.hide?.(mac)
    const headers = { ...request.headers, 'content-type': 'application/json', ...signed.headers }
    const url = settings.host + path
    return settings.transport.send({ ...request, url, headers, body: JSON.stringify(content) })
  }

  const checkAll = async (request: TransportRequest): Promise<TransportResponse> => {
    let answer: TransportResponse | undefined
    for (let start = 0; start < appIds.length; start += CONCURRENCY) {
      const some = appIds.slice(start, start + CONCURRENCY)
      const answers = await Promise.all(
        some.map((appId) => {
          const body: Schemas['SessionStatusRequest'] = { userId, appId }
          return post(request, STATUS_PATH, body)
        }),
      )
      const active = answers.find((one) => activeIn(one) === true)
      const refused = answers.find((one) => activeIn(one) === undefined)
      answer = active ?? refused ?? (answers[0] as TransportResponse)
      if (active || refused) break
    }
    const found = answer as TransportResponse
    const active = activeIn(found)
    return active === undefined ? refusal(found) : withBody(found, JSON.stringify({ active }))
  }

  return {
    async send(request) {
      // A response can also repeat the signature of an earlier call.
      for (const mac of macs) request.hide?.(mac)
      if (request.url !== settings.host + KICK_PATH) return checkAll(request)
      const body: Schemas['KickRequest'] = { userId, appIds: [...appIds] }
      const answer = await post(request, KICK_PATH, body)
      return isSuccess(answer) ? answer : refusal(answer)
    },
  }
}

function activeIn(answer: TransportResponse): boolean | undefined {
  const { data } = envelopeOf(answer)
  const active = isSuccess(answer) ? (Object(data) as { active?: unknown }).active : undefined
  return typeof active === 'boolean' ? active : undefined
}

function isSuccess(answer: TransportResponse): boolean {
  return answer.ok && !answer.redirected && !answer.truncated && envelopeOf(answer).statusCode === 200
}

/**
 * Turns a response into a failure for core, which finds errors in envelopes on its own. A response without an envelope,
 * which would be a successful revocation, does not come from the management API, so its body is dropped.
 */
function refusal(answer: TransportResponse): TransportResponse {
  if (!answer.ok || answer.redirected) return answer
  // Nothing else in it counts, and not all that can be parsed can be written again.
  const { statusCode, apiCode, message, requestId } = envelopeOf(answer)
  const isRefusal = typeof statusCode === 'number' && statusCode !== 200
  if (!isRefusal) return withBody(answer, '', true)
  return withBody(answer, JSON.stringify(readable({ statusCode, apiCode, message, requestId })))
}

/** Without members that are neither text nor numbers. */
function readable(members: JsonMembers): JsonMembers {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => /string|number/.test(typeof value)))
}

function envelopeOf({ body }: TransportResponse): JsonMembers {
  return parseMembers(body) ?? {}
}

function withBody({ status, headers, redirected }: TransportResponse, body: string, truncated = false) {
  return new TransportResponse({ status, headers, redirected, body, truncated })
}
