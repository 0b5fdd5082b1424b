/** The signer, and the names of its headers. */
export interface Signer {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly tenantId: string | undefined
  readonly signature: 'genauth' | 'authing'
}

/** A request to sign: a POST. */
export interface SignedRequest {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

const SCHEMES = { genauth: 'GenAuth', authing: 'authing' } as const

/** The headers of a signed request. */
export interface SignedHeaders {
  /** All of them, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The signature in base64, in base64url and in hexadecimal. */
  readonly macs: readonly string[]
}

/**
 * Signs a request to the management API as the official SDKs do: HMAC-SHA1 over the method, some headers, the path and
 * the members of the body. Each attempt has a new date and nonce.
 */
export async function signedHeaders(
  { accessKeyId, accessKeySecret, tenantId, signature }: Signer,
  request: SignedRequest,
): Promise<SignedHeaders> {
  const prefix = `x-${signature}-`
  const headers: Record<string, string> = {
    date: new Date().toUTCString(),
    [`${prefix}signature-method`]: 'HMAC-SHA1',
    [`${prefix}signature-nonce`]: crypto.randomUUID(),
    [`${prefix}signature-version`]: '1.0',
    ...(tenantId !== undefined && { [`${prefix}app-id`]: tenantId }),
  }
  const mac = await hmacSha1(accessKeySecret, textToSign(request, headers))
  const base64 = btoa(String.fromCharCode(...mac))
  const base64url = base64.replaceAll('+', '-').replaceAll('/', '_')
  const hex = Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const authorization = `${SCHEMES[signature]} ${accessKeyId}:${base64}`
  return { headers: { ...headers, authorization }, macs: [base64, base64url, hex] }
}

function textToSign({ path, body }: SignedRequest, headers: Readonly<Record<string, string>>): string {
  const lines = sorted(headers).map(([name, value]) => `${name}:${value}\n`)
  const members = sorted(body).map(([name, value]) => {
    return `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`
  })
  return `POST\n${lines.join('')}${path}?${members.join('&')}`
}

function sorted<T>(record: Readonly<Record<string, T>>): (readonly [string, T])[] {
  return Object.keys(record)
    .sort()
    .map((name) => [name, record[name] as T])
}

async function hmacSha1(secret: string, text: string): Promise<Uint8Array> {
  const utf8 = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', utf8.encode(secret), algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8.encode(text)))
}
