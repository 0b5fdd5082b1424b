import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Credentials of the management API, and its address: those of a user pool. */
export interface ManagementAccess {
  /** Address of the management API. It is the emulator's own; GenAuth's is `https://api.genauth.ai`. */
  readonly host: string
  /** Id of the user pool. */
  readonly accessKeyId: string
  /** Secret of the user pool. */
  readonly accessKeySecret: string
}

/** A request to the management API. */
export interface ManagementRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * Verifies the signature of a request as the official SDKs create it: under the names of GenAuth's SDK, or of
 * Authing's.
 */
export function isSigned(request: ManagementRequest, { accessKeyId, accessKeySecret }: ManagementAccess): boolean {
  const [, scheme = '', id, mac = ''] =
    /^(GenAuth|authing) ([^:]*):(.*)$/.exec(request.headers.authorization ?? '') ?? []
  if (id !== accessKeyId) return false
  const text = textToSign(request, `x-${scheme.toLowerCase()}-`)
  const expected = createHmac('sha1', accessKeySecret).update(text, 'utf8').digest()
  const given = Buffer.from(mac, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function textToSign({ method, path, headers, body }: ManagementRequest, prefix: string): string {
  const lines = Object.keys(headers)
    .filter((name) => name === 'date' || name.startsWith(prefix))
    .sort()
    .map(
      (name) =>
        `${name}:${String(headers[name])
          .replace(/[\t\n\r\f]/g, ' ')
          .trim()}\n`,
    )
  const members = Object.keys(body)
    .sort()
    .map((name) => {
      const value = body[name]
      return `${name}=${typeof value === 'object' && value !== null ? JSON.stringify(value) : value}`
    })
  return `${method}\n${lines.join('')}${path}${members.length > 0 ? `?${members.join('&')}` : ''}`
}
