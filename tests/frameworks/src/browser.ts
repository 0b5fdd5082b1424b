import { type Sent, send } from './send.ts'

/** The behavior of a browser without scripts: it keeps cookies, follows redirects, and posts the forms of pages. */
export class Browser {
  readonly #cookies = new Map<string, string>()

  /** The cookies that it would send to an origin, as a header. */
  cookiesFor(origin: string): string {
    const own = [...this.#cookies].filter(([key]) => key.startsWith(`${new URL(origin).origin} `))
    return own.map(([key, value]) => `${key.split(' ')[1]}=${value}`).join('; ')
  }

  /** Opens an address, and follows redirects until it reaches a page, or until `stop` returns true. */
  async open(url: URL, stop: (url: URL) => boolean = () => false): Promise<Page> {
    return this.#follow(url, { method: 'GET' }, stop)
  }

  /** Posts the form of a page; the given fields replace those of the form. */
  async submit(page: Page, fields: Record<string, string> = {}, stop?: (url: URL) => boolean): Promise<Page> {
    const action = new URL(/<form[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? '', page.url)
    const inputs = page.text.matchAll(/<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"/g)
    const all = { ...Object.fromEntries(Array.from(inputs, ([, name, value]) => [name, value])), ...fields }
    const headers = {
      origin: page.url.origin,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    return this.#follow(action, { method: 'POST', headers, form: all }, stop)
  }

  async #follow(first: URL, given: Sent, stop: (url: URL) => boolean = () => false): Promise<Page> {
    let [url, sent] = [first, given]
    for (let hop = 0; hop < 15; hop++) {
      if (stop(url)) return { url, status: 0, text: '' }
      const cookie = this.cookiesFor(url.origin)
      const response = await send(url, { ...sent, headers: { ...sent.headers, ...(cookie && { cookie }) } })
      this.#keep(url, response.headers.getSetCookie())
      const location = response.headers.get('location')
      if (!location) return { url, status: response.status, text: await response.text() }
      url = new URL(location, url)
      sent = { method: 'GET' }
    }
    throw new Error(`Too many redirects, the last one to ${url.pathname}`)
  }

  #keep(url: URL, cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [pair = '', ...attributes] = cookie.split(';')
      const [name = '', value = ''] = pair.split('=', 2)
      const key = `${url.origin} ${name.trim()}`
      const expires = attributes.find((attribute) => /^ ?expires=/i.test(attribute))?.split('=')[1]
      if (/;\s*max-age=0/i.test(cookie) || (expires && Date.parse(expires) < Date.now())) this.#cookies.delete(key)
      else this.#cookies.set(key, value)
    }
  }
}

/** The browser's current address. */
export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
}
