import { invalidOption, isLoopback } from '@backend-logout/core'

/** Environment variables, as in `process.env`. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

/** The settings that determine the proxy of a request. */
export interface ProxyChoice {
  /** The proxy for all requests; `false` for none; `undefined` to use the environment. */
  readonly proxy: string | URL | false | undefined
  readonly env: EnvironmentVariables
  readonly allowInsecureHttp: boolean
}

/**
 * Chooses the proxy for an address. Reads the environment by the rules of undici's `EnvHttpProxyAgent`, which the
 * `fetch` of Node.js follows under `NODE_USE_ENV_PROXY`. That class only reads the environment of the process, and has
 * separate pools. Plain http, which is allowed for loopback addresses only, is not sent to a proxy on another machine
 * unless `allowInsecureHttp` is set.
 *
 * @throws LogoutError `invalid_options`, naming the option or variable but not its value, which may contain a password
 */
export function proxyFor(target: URL, { proxy, env, allowInsecureHttp }: ProxyChoice): ForwardProxy | undefined {
  const chosen = proxy === undefined ? fromEnvironment(target, env) : proxy && { value: proxy, name: 'proxy' }
  if (!chosen) return undefined
  const checked = checkProxy(chosen.value, chosen.name)
  return target.protocol === 'https:' || allowInsecureHttp || isLoopback(checked.url.hostname) ? checked : undefined
}

/** A proxy's address and credentials. */
export interface ForwardProxy {
  readonly url: URL
  /** The value of the `Proxy-Authorization` header. */
  readonly authorization?: string
}

/**
 * Checks the address of a proxy.
 *
 * @throws LogoutError `invalid_options`
 */
export function checkProxy(value: string | URL, name: string): ForwardProxy {
  const text = String(value)
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (!(url?.hostname && /^https?:$/.test(url.protocol) && !url.search && !url.hash && url.pathname === '/')) {
    return invalidOption(name, 'must be the http or https address of a proxy.')
  }
  const { username, password } = url
  if (!username && !password) return { url }
  let credentials: string
  try {
    credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  } catch {
    // No cause: it would quote them.
    return invalidOption(name, "must have its user and password percent-encoded; write '%' as %25.")
  }
  return { url, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
}

function fromEnvironment(target: URL, env: EnvironmentVariables): { value: string; name: string } | undefined {
  if (isExempt(target, variable(env, 'NO_PROXY'))) return undefined
  const names = target.protocol === 'https:' ? ['HTTPS_PROXY', 'HTTP_PROXY'] : ['HTTP_PROXY']
  for (const name of names) {
    const value = variable(env, name)
    if (value) return { value, name }
  }
  return undefined
}

/**
 * Matches a host against `NO_PROXY`: `*`, `example.com`, `.example.com` or `*.example.com`, each with or without a
 * port.
 */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = bare(hostname)
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    const [, name = '', entryPort] = /^(\[.+\]|[^:]+|.*:.*:.*)(?::(\d+))?$/.exec(entry) ?? []
    const domain = bare(name.replace(/^\*?\./, ''))
    if (!domain || (Number(entryPort) && Number(entryPort) !== Number(ownPort))) return false
    // `*.example.com` is for the names below, the others also for the name itself.
    return domain === '*' || (host === domain && !entry.startsWith('*')) || host.endsWith(`.${domain}`)
  })
}

const bare = (host: string): string => host.toLowerCase().replace(/^\[(.+)\]$|^(.+)\.$/, '$1$2')

function variable(env: EnvironmentVariables, name: string): string {
  return (env[name.toLowerCase()] ?? env[name] ?? '').trim()
}
