import { invalidOption } from './invalid-option.ts'

/**
 * Checks the option `endpointHosts`.
 *
 * @returns The hosts as `URL` writes them.
 * @throws LogoutError `invalid_options`
 */
export function resolveEndpointHosts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  const hosts = Array.isArray(value) && value.length <= 100 ? value.map(hostOf) : [undefined]
  if (hosts.every((host) => host !== undefined)) return hosts
  const reason = "must be a list of at most 100 hosts, such as 'id.example.com' or 'id.example.com:8443'."
  return invalidOption('endpointHosts', reason)
}

function hostOf(value: unknown): string | undefined {
  return typeof value === 'string' && !/[\s/\\?#@]/.test(value) ? URL.parse(`https://${value}`)?.host : undefined
}
