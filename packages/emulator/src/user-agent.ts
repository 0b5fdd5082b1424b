import * as http from 'node:http'
import * as https from 'node:https'
import { text } from 'node:stream/consumers'
import { CookieJar } from 'tough-cookie'

/** The certificates of a {@link UserAgent} for a provider that serves https. */
export interface UserAgentTls {
  readonly ca?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
  readonly cert?: string | Buffer | undefined
}

/** A response, read to its end. Redirects are not followed. */
export interface UserAgentAnswer {
  readonly status: number
  readonly location?: string
  readonly body: string
}

/** The browser of a sign-in: one connection and one cookie jar. */
export class UserAgent {
  readonly #cookies = new CookieJar()
  readonly #agent: http.Agent

  constructor(tls?: UserAgentTls) {
    this.#agent = tls ? new https.Agent({ keepAlive: true, ...tls }) : new http.Agent({ keepAlive: true })
  }

  /** Gets a page, or posts a form if there is one. */
  async request(
    url: URL,
    form?: Readonly<Record<string, string>>,
    headers: http.OutgoingHttpHeaders = {},
  ): Promise<UserAgentAnswer> {
    const cookie = await this.#cookies.getCookieString(url.href)
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      agent: this.#agent,
      method: form ? 'POST' : 'GET',
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
    })
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject)
      request.end(form ? new URLSearchParams(form).toString() : undefined)
    })
    for (const setCookie of response.headers['set-cookie'] ?? []) await this.#cookies.setCookie(setCookie, url.href)
    const { location } = response.headers
    return {
      status: response.statusCode ?? 0,
      body: await text(response),
      ...(location === undefined ? {} : { location }),
    }
  }

  /** Closes the connection. */
  close(): void {
    this.#agent.destroy()
  }
}
