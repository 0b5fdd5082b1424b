import type { TransportResponse } from './transport.ts'

/** Recognizes a response that a firewall sent instead of the provider, by its headers. */
export function isIntercepted({ headers }: TransportResponse): boolean {
  return ['cf-mitigated', 'x-amzn-waf-action', 'x-sucuri-block'].some((name) => headers.get(name) !== null)
}
