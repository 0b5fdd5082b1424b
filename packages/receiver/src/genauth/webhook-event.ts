import { type JsonMembers, membersOf, parseMembers } from '../json-object.ts'
import { isId } from './genauth-id.ts'

/** Event of GenAuth's webhooks that ends a user's logins. */
export type GenAuthEvent = (typeof GENAUTH_EVENTS)[number]

/** All events that end a user's logins. */
export const GENAUTH_EVENTS = ['kick', 'user:blocked', 'user:deleted', 'user:password-changed'] as const

/** The content of a webhook. */
export interface WebhookNotice {
  readonly event: GenAuthEvent
  readonly users: readonly string[]
  /** The application that the users were logged out of; missing for all. */
  readonly appId?: string
}

const USER_ID = ['id', 'userId', '_id']
const APP_ID = ['id', 'appId', '_id']

/**
 * Reads the body of a webhook.
 *
 * @returns `ignored` for events that end nothing, and for the console's test; `unreadable` if it does not name a user
 * @see {@link https://docs.genauth.ai/guides/webhook/ | GenAuth: Webhooks}
 */
export function readWebhook(text: string): WebhookNotice | 'ignored' | 'unreadable' {
  const { eventName, data, description } = parseMembers(text) ?? {}
  if (eventName === undefined && typeof description === 'string') return 'ignored'
  if (typeof eventName !== 'string') return 'unreadable'
  const event = GENAUTH_EVENTS.find((one) => one === eventName)
  if (event === undefined) return 'ignored'
  const about = membersOf(data) ?? {}
  const users = usersIn(event, about).map((user) => idOf(user, USER_ID))
  if (users.length === 0 || !users.every(isId)) return 'unreadable'
  const notice = { event, users: [...new Set(users)] }
  if (event !== 'kick' || (about.application ?? undefined) === undefined) return notice
  const appId = idOf(about.application, APP_ID)
  return appId === undefined ? 'unreadable' : { ...notice, appId }
}

function usersIn(event: GenAuthEvent, data: JsonMembers): readonly unknown[] {
  if (event === 'kick' || event === 'user:deleted') return Array.isArray(data.users) ? data.users : []
  // The documentation has the user's id in `data.userId`, and the user as `data`.
  return [event === 'user:blocked' ? data.user : (data.user ?? data)]
}

/** The id in a value that is an id, or contains one. If it has several ids, they must agree. */
function idOf(value: unknown, names: readonly string[]): string | undefined {
  if (isId(value)) return value
  const fields = membersOf(value) ?? {}
  const [id, ...others] = names.map((name) => fields[name]).filter((one) => one !== undefined && one !== null)
  return isId(id) && others.every((other) => other === id) ? id : undefined
}
