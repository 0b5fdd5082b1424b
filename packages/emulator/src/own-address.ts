import type { IncomingMessage } from 'node:http'
import { HttpProblem } from './http-problem.ts'
import { LOOPBACK_HOSTS } from './loopback.ts'

const LOOPBACK_NAMES = LOOPBACK_HOSTS.map((host) => (host.includes(':') ? `[${host}]` : host))

/**
 * The addresses of an emulator. Any web page can make a browser on this machine send requests to loopback, and by
 * rebinding its own name to 127.0.0.1 it could read the responses. Such requests carry that name in `Host`.
 */
export class OwnAddress {
  readonly #scheme: string
  readonly #hosts: ReadonlySet<string>
  readonly #names: string

  /** @param appHost Where the emulator listens, such as `http://127.0.0.1:49152`. */
  constructor(appHost: string) {
    const { protocol, port } = new URL(appHost)
    const defaultPort = protocol === 'https:' ? '443' : '80'
    const hosts = LOOPBACK_NAMES.map((name) => `${name}:${port || defaultPort}`)
    this.#scheme = protocol
    this.#names = `${hosts[0]}, ${hosts[1]} and ${hosts[2]}`
    // Clients leave the default port out.
    this.#hosts = new Set(port ? hosts : [...hosts, ...LOOPBACK_NAMES])
  }

  /**
   * Checks that a request is addressed to the emulator. Names are compared as text, because parsing them would mean
   * guessing how a browser or a proxy has parsed them.
   *
   * @returns The path and query of its target.
   * @throws HttpProblem 403 when it is addressed to another host
   */
  pathOf(request: IncomingMessage): string {
    const { rawHeaders, url = '' } = request
    const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host')
    // RFC 9112 §3.2.2: a server accepts the form in which clients send their requests to proxies.
    const [, scheme = this.#scheme, authority = hosts[0], path = url] =
      /^([a-z][a-z\d+.-]*:)\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
    const own = [...hosts, authority].every((host = '') => this.#hosts.has(host.toLowerCase()))
    if (!own || hosts.length !== 1 || scheme.toLowerCase() !== this.#scheme) {
      throw new HttpProblem(
        403,
        `this emulator accepts requests to ${this.#names} only; the request is addressed to another host`,
      )
    }
    if (path === '' || path.startsWith('?')) return `/${path}`
    if (!path.startsWith('/')) throw new HttpProblem(400, 'the target of the request must be a path')
    return path
  }

  /**
   * Prevents pages of other origins from using paths for programs, or for the emulator's own pages.
   *
   * @throws HttpProblem 403
   */
  refuseForeignPages({ headers }: IncomingMessage): void {
    const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
    const self = new URL(`${this.#scheme}//${host}`).origin
    if (origin !== undefined && origin !== self) throw new HttpProblem(403, 'pages of other origins may not call this')
    if (site !== 'none' && site !== 'same-origin') throw new HttpProblem(403, 'pages of other sites may not call this')
  }
}
