import type { TransportResponse } from './transport.ts'

/** Headers that a firewall sends only with its own response. */
const OWN = ['cf-mitigated', 'x-amzn-waf-action', 'x-sucuri-block', 'x-vercel-mitigated']

/** Recognizes a response that a firewall sent instead of the provider, by its headers. */
export function isIntercepted({ headers }: TransportResponse): boolean {
  return OWN.some((name) => headers.get(name) !== null)
}
