import { isLoopbackUrl } from './loopback.ts'

/** Events of GenAuth that end a user's access. */
export type WebhookEvent = 'kick' | 'user:blocked' | 'user:deleted' | 'user:password-changed'

/** Options of sending GenAuth's webhooks. */
export interface WebhookOptions {
  /** The request key of the console, which every delivery carries in a header. */
  readonly secret: string
  /**
   * The headers to send: `x-genauth-token`, or `x-authing-token` and `x-authing-webhook-secret`.
   * @default 'genauth'
   */
  readonly headers?: 'genauth' | 'authing'
}

/** The user of an event. */
interface WebhookSubject {
  readonly user: string
  /** Only for `kick`: the application that the user was logged out of; by default all. */
  readonly appId?: string | undefined
}

interface Registration extends WebhookOptions {
  readonly uri: string
}

/** The time that the receiver has to respond, in milliseconds. */
const TIMEOUT_MS = 5_000

const EVENTS: ReadonlySet<string> = new Set(['kick', 'user:blocked', 'user:deleted', 'user:password-changed'])

/**
 * Sends webhooks as GenAuth's documentation describes them.
 *
 * @see https://docs.genauth.ai/guides/webhook/
 */
export class Webhooks {
  readonly #userPoolId: string
  #registration: Registration | undefined

  constructor(userPoolId: string) {
    this.#userPoolId = userPoolId
  }

  /**
   * Sets the address that receives the webhooks; `undefined` removes it.
   *
   * @throws {TypeError} When the address or an option is invalid.
   */
  register(uri: string | undefined, { secret, headers = 'genauth' }: Partial<WebhookOptions> = {}): void {
    if (uri === undefined) {
      this.#registration = undefined
      return
    }
    if (!isLoopbackUrl(uri)) throw new TypeError('the URL for webhooks must be on loopback')
    if (typeof secret !== 'string' || !/^[\x21-\x7e]+$/.test(secret)) {
      throw new TypeError('secret must be a string without white space')
    }
    if (headers !== 'genauth' && headers !== 'authing') throw new TypeError("headers must be 'genauth' or 'authing'")
    this.#registration = { uri, secret, headers }
  }

  /**
   * Sends an event.
   *
   * @returns the status of the response; `undefined` without a response or an address
   * @throws {TypeError} When there is no such event.
   */
  async send(event: WebhookEvent, subject: WebhookSubject): Promise<number | undefined> {
    if (!EVENTS.has(event)) throw new TypeError(`event must be one of ${[...EVENTS].join(', ')}`)
    if (this.#registration === undefined) return undefined
    const { uri, secret, headers = 'genauth' } = this.#registration
    const key: Record<string, string> =
      headers === 'genauth'
        ? { 'x-genauth-token': secret }
        : { 'x-authing-token': secret, 'x-authing-webhook-secret': secret }
    try {
      const { status, body } = await fetch(uri, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          ...key,
          'content-type': 'application/json',
          'user-agent': 'authing-webhook@2.0',
          'x-authing-userpool-id': this.#userPoolId,
        },
        body: JSON.stringify({ eventName: event, data: this.#dataOf(event, subject) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await body?.cancel()
      return status
    } catch {
      return undefined
    }
  }

  #dataOf(event: WebhookEvent, { user: id, appId }: WebhookSubject): object {
    const user = { id, userPoolId: this.#userPoolId, username: null, email: null, blocked: event === 'user:blocked' }
    if (event === 'kick') return { users: [user], ...(appId !== undefined && { application: { id: appId } }) }
    if (event === 'user:deleted') return { users: [user] }
    return event === 'user:blocked' ? { user } : user
  }
}
