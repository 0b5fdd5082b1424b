import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { MANAGEMENT_PATHS } from './endpoints.ts'
import { isSigned, type ManagementAccess } from './management-signature.ts'
import type { MemoryStore } from './store.ts'
import type { Webhooks } from './webhooks.ts'

interface ManagementSettings {
  readonly access: ManagementAccess
  readonly store: MemoryStore
  readonly webhooks: Webhooks
}

/** The body of a GenAuth response with status 200. */
interface Envelope {
  readonly statusCode: number
  readonly message: string
  readonly data?: object
}

const MAX_BODY_BYTES = 64 * 1024
const MAX_APPS = 50

/**
 * Answers the management API of GenAuth: it ends a user's sessions in applications, and reports whether there is one.
 * Errors come inside an HTTP 200.
 */
export async function answerManagement(
  settings: ManagementSettings,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  const { statusCode, ...rest } = await envelopeFor(settings, request, body)
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  const requestId = statusCode === 200 ? {} : { requestId: randomUUID() }
  response.writeHead(200, headers).end(JSON.stringify({ statusCode, ...rest, ...requestId }))
}

async function envelopeFor(settings: ManagementSettings, request: IncomingMessage, body: Buffer): Promise<Envelope> {
  const { url = '', method = '', headers } = request
  const [path = ''] = url.split('?', 1)
  if (method !== 'POST') return refusal(404, `Cannot ${method} ${path}`)
  const input = parse(body)
  if (input === undefined) return refusal(400, 'The body must be a JSON object.')
  if (!isSigned({ method, path, headers, body: input }, settings.access)) {
    return refusal(401, 'The signature is invalid.')
  }
  const { userId, appId, appIds, options } = input
  if (!isName(userId)) return refusal(400, 'userId is malformed')
  if (path === MANAGEMENT_PATHS.check_session_status) {
    if (!isName(appId)) return refusal(400, 'appId is malformed')
    return success({ active: sessionsOf(settings.store, userId, [appId]).length > 0 })
  }
  if (!Array.isArray(appIds) || appIds.length < 1 || appIds.length > MAX_APPS || !appIds.every(isName)) {
    return refusal(400, 'appIds is malformed')
  }
  const { userIdType = 'user_id' } = Object(options) as { userIdType?: unknown }
  if (userIdType !== 'user_id') return refusal(400, 'userIdType must be user_id here')
  await kick(settings, userId, appIds)
  return success({ success: true })
}

/** Ends a user's sessions in applications. Tokens stay active: whether GenAuth revokes them is not documented. */
async function kick({ store, webhooks }: ManagementSettings, user: string, appIds: readonly string[]): Promise<void> {
  const left = appIds.filter((appId) => sessionsOf(store, user, [appId]).length > 0)
  for (const session of sessionsOf(store, user, appIds)) {
    const others = Object.entries(session.authorizations ?? {}).filter(([appId]) => !appIds.includes(appId))
    const { jti, exp } = session
    if (others.length === 0) store.remove('Session', jti)
    else {
      const lifetime = exp === undefined ? undefined : exp - Date.now() / 1000
      store.set('Session', jti, { ...session, authorizations: Object.fromEntries(others) }, lifetime)
    }
  }
  for (const appId of left) await webhooks.send('kick', { user, appId })
}

function sessionsOf(store: MemoryStore, user: string, appIds: readonly string[]) {
  return [...store.records('Session')].flatMap((session) => {
    const { accountId, jti, authorizations = {} } = session
    const isTheirs = accountId === user && appIds.some((appId) => Object.hasOwn(authorizations, appId))
    return isTheirs && jti !== undefined ? [{ ...session, jti }] : []
  })
}

function parse(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (body.length > MAX_BODY_BYTES) return undefined
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function success(data: object): Envelope {
  return { statusCode: 200, message: 'Success', data }
}

function refusal(statusCode: number, message: string): Envelope {
  return { statusCode, message }
}
