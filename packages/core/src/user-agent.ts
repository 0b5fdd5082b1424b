/** The version of this package; `npm run release:version` updates it. */
export const VERSION = '0.0.0'

/** Names of these runtimes. Browsers send their own `User-Agent`. */
const SERVERS = /^(?:Node\.js|Deno|Bun|Cloudflare-Workers)(?:\/[\w.-]{1,40})?/

/**
 * Returns the `User-Agent` of requests: name and version of this package, then the runtime, such as
 * `backend-logout/1.0.0 Node.js/24`. Firewalls refuse requests without one.
 *
 * @returns `undefined` in browsers
 */
export function defaultUserAgent(): string | undefined {
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: unknown } }
  if (navigator === undefined) return `backend-logout/${VERSION}`
  const runtime = SERVERS.exec(String(navigator.userAgent))?.[0]
  return runtime && `backend-logout/${VERSION} ${runtime}`
}
