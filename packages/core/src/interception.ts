import type { TransportResponse } from './transport.ts'

/** Whether a firewall or captive portal says that it answered in the provider's place. */
export function isIntercepted({ status, headers, body }: TransportResponse): boolean {
  const signs = ['cf-mitigated', 'x-amzn-waf-action', 'x-sucuri-block']
  return status === 511 || signs.some((name) => headers.get(name) !== null) || INTERCEPTED.test(body.slice(0, 2_000))
}

/** What firewalls say in JSON: DataDome, HUMAN and Cloudflare. */
const INTERCEPTED = /^\s*\{.*(?:captcha-delivery|px-captcha|"blockScript"|"cloudflare_error")/s
