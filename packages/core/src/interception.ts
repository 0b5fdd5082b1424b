import type { TransportResponse } from './transport.ts'

/** Whether a firewall says in a header that it answered in the provider's place. */
export function isIntercepted({ headers }: TransportResponse): boolean {
  return ['cf-mitigated', 'x-amzn-waf-action', 'x-sucuri-block'].some((name) => headers.get(name) !== null)
}
