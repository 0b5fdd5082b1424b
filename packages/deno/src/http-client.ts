import { invalidOption, refuseUnknownOption } from '@backend-logout/core'
import type { DenoConnectionOptions, DenoPoolOptions, DenoTlsOptions } from './connection-options.ts'
import { explainRefusal } from './permission.ts'

const TLS: Readonly<Record<keyof DenoTlsOptions, true>> = { caCerts: true, cert: true, key: true }
const POOL: Readonly<Record<keyof DenoPoolOptions, true>> = { maxIdle: true, idleTimeoutMs: true }

/**
 * Opens one of Deno's HTTP clients.
 *
 * @throws LogoutError `invalid_options` when an option is wrong, or a permission for the proxy is missing
 */
export function openHttpClient({ tls, proxy, pool }: DenoConnectionOptions): Deno.HttpClient {
  const via = proxy === undefined ? undefined : readProxy(proxy)
  const options = { ...readTls(tls), ...readPool(pool), ...(via && { proxy: via }) }
  try {
    return Deno.createHttpClient(options)
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable && via) {
      const { host } = new URL(via.url)
      throw explainRefusal(error, `The proxy ${host}`, '--allow-net', host)
    }
    // Without Deno's message, which may quote a key or a password.
    const reason = (error as Error).name
    return invalidOption('tls', `${via ? 'or proxy ' : ''}cannot be used by Deno: ${reason}.`)
  }
}

function readTls(tls: DenoTlsOptions = {}): Deno.CreateHttpClientOptions & Partial<Deno.TlsCertifiedKeyPem> {
  if (typeof tls !== 'object' || tls === null) invalidOption('tls', 'must be an object with caCerts, cert and key.')
  refuseUnknownOption(tls, TLS, { ca: 'use caCerts', rejectUnauthorized: 'pass caCerts' }, 'tls.')
  const { cert, key } = tls
  const caCerts = [tls.caCerts ?? []].flat()
  // Deno would ignore an authority that it cannot read, and every connection would fail later.
  if (!caCerts.every((one) => isPem(one, 'CERTIFICATE'))) invalidOption('tls.caCerts', 'must be certificates in PEM.')
  if (cert === undefined && key === undefined) return { caCerts }
  if (!isPem(cert, 'CERTIFICATE'))
    return invalidOption('tls.cert', 'must be a certificate in PEM, and requires tls.key.')
  if (!isPem(key, 'PRIVATE KEY'))
    return invalidOption('tls.key', 'must be a private key in PEM, and requires tls.cert.')
  return { caCerts, cert, key }
}

function isPem(value: unknown, label: string): value is string {
  return typeof value === 'string' && new RegExp(`-----BEGIN (?:[A-Z]+ )?${label}-----`).test(value)
}

function readPool(pool: DenoPoolOptions = {}): Deno.CreateHttpClientOptions {
  if (typeof pool !== 'object' || pool === null)
    invalidOption('pool', 'must be an object with maxIdle and idleTimeoutMs.')
  refuseUnknownOption(pool, POOL, {}, 'pool.')
  const { maxIdle, idleTimeoutMs } = pool
  if (maxIdle !== undefined && !(Number.isSafeInteger(maxIdle) && maxIdle >= 0)) {
    invalidOption('pool.maxIdle', 'must be a whole number.')
  }
  if (
    idleTimeoutMs !== undefined &&
    !(typeof idleTimeoutMs === 'number' && idleTimeoutMs >= 1 && idleTimeoutMs <= 86_400_000)
  ) {
    invalidOption('pool.idleTimeoutMs', 'must be 1 to 86400000 milliseconds.')
  }
  return {
    ...(maxIdle !== undefined && { poolMaxIdlePerHost: maxIdle }),
    ...(idleTimeoutMs !== undefined && { poolIdleTimeout: Math.round(idleTimeoutMs) }),
  }
}

function readProxy(proxy: unknown): { url: string; basicAuth?: Deno.BasicAuth } {
  const url = typeof proxy === 'string' || proxy instanceof URL ? URL.parse(String(proxy)) : null
  if (!url || !/^(?:https?|socks5h?):$/.test(url.protocol) || url.hostname === '') {
    return invalidOption('proxy', 'must be an http, https or socks5 URL.')
  }
  const basicAuth = readCredentials(url)
  url.username = ''
  url.password = ''
  return { url: url.href, ...((basicAuth.username || basicAuth.password) && { basicAuth }) }
}

function readCredentials({ username, password }: URL): Deno.BasicAuth {
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    // Without a cause, which would quote them.
    return invalidOption('proxy', "must have its user and password percent-encoded; write '%' as %25.")
  }
}
