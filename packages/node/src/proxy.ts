import { LogoutError } from '@backend-logout/core'

/** Environment variables, as in `process.env`. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

/** What decides about the proxy of a request. */
export interface ProxyChoice {
  /** The proxy for all requests, `false` for none; `undefined` leaves it to the environment. */
  readonly proxy: string | URL | false | undefined
  readonly env: EnvironmentVariables
  readonly allowInsecureHttp: boolean
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Chooses the proxy for an address. What is sent by plain http, which only loopback addresses may be, is kept from
 * proxies on other machines unless `allowInsecureHttp` lets it out.
 *
 * @throws LogoutError `invalid_options`, naming where the proxy was set but not what is there: it may hold a password
 */
export function proxyFor(target: URL, { proxy, env, allowInsecureHttp }: ProxyChoice): URL | undefined {
  const secure = target.protocol === 'https:'
  const name = secure ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  if (proxy === undefined && isExempt(target, variable(env, 'NO_PROXY'))) return undefined
  const chosen = proxy === undefined ? variable(env, name) : proxy && String(proxy)
  if (!chosen) return undefined
  const url = checkProxy(chosen, proxy === undefined ? name : 'proxy')
  return secure || allowInsecureHttp || LOOPBACK.test(url.hostname) ? url : undefined
}

/**
 * Checks the address of a proxy.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkProxy(value: string | URL, name: string): URL {
  const text = String(value)
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url?.hostname && /^https?:$/.test(url.protocol) && !url.search && !url.hash && url.pathname === '/') return url
  throw new LogoutError('invalid_options', `${name} must be the http or https address of a proxy.`)
}

/** Whether `NO_PROXY` names a host: `*`, `example.com`, `.example.com`, `*.example.com`, each with a port or without. */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = bare(hostname)
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    const [, name = '', entryPort] = /^(\[.+\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? []
    const domain = bare(name).replace(/^\*?\./, '')
    if (!domain || (entryPort && entryPort !== ownPort)) return false
    return domain === '*' || host === domain || host.endsWith(`.${domain}`)
  })
}

const bare = (host: string): string => host.toLowerCase().replace(/^\[|\]$|\.$/g, '')

function variable(env: EnvironmentVariables, name: string): string {
  return env[name.toLowerCase()]?.trim() || env[name]?.trim() || ''
}
