import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'

/** The bytes that a server writes to the bare socket. */
export interface Answer {
  readonly pieces: readonly Piece[]
  readonly end: 'close' | 'reset' | 'stay'
}

/** A text in which places such as `{accessToken}` represent the caller's secrets, in one of many forms; or bytes. */
export type Piece = string | { readonly base64: string }

type Secrets = Readonly<Record<string, string>>

/** The forms in which a provider may repeat parts of a request. */
const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  percent: encodeURIComponent,
  form: (secret) => new URLSearchParams({ '': secret }).toString().slice(1),
  json: (secret) => JSON.stringify(secret).slice(1, -1),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  half: (secret) => secret.slice(0, Math.ceil(secret.length / 2)),
  middle: (secret) => secret.slice(5, 25),
}

/** The bytes of a piece, with a value for each `{secret:form}` in it. */
export function bytesOf(piece: Piece, secrets: Secrets): Buffer {
  if (typeof piece !== 'string') return Buffer.from(piece.base64, 'base64')
  const text = piece.replaceAll(/\{(\w+):(\w+)\}/g, (place, name: string, form: string) => {
    const secret = secrets[name]
    return secret === undefined ? place : (FORMS[form]?.(secret) ?? place)
  })
  return Buffer.from(text)
}

const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)
const secret = fc
  .tuple(oneOf('appSecret', 'accessToken', 'refreshToken', 'idToken'), oneOf(...Object.keys(FORMS)))
  .map(([name, form]) => `{${name}:${form}}`)
const origin = fc.constant('{origin:plain}')

/** Texts that are difficult to show, to parse or to match. */
const word: fc.Arbitrary<string> = fc.oneof(
  secret,
  origin,
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 30 }),
  oneOf(
    '\u001b[2K\u001b[1A',
    '\r\n',
    '\u0000',
    '\u202e',
    '\u2028',
    '\u009b',
    '\ufeff',
    '\u001b]0;x\u0007',
    '"',
    '\\',
    '%',
    '=',
  ),
  oneOf('invalid_token', 'invalid_client', 'unsupported_token_type', 'server_error', 'temporarily_unavailable'),
  fc.integer({ min: 0, max: 70_000 }).map((length) => 'x'.repeat(length)),
)
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(''))

const member = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: oneOf('true', 'false').map((value) => value === 'true') },
  { weight: 1, arbitrary: fc.integer() },
)
const MEMBERS = [
  ...['error', 'error_description', 'error_uri', 'message', 'statusCode', 'code', 'apiCode', 'requestId', 'data'],
  ...['active', 'exp', 'scope', 'issuer', 'revocation_endpoint', 'introspection_endpoint', 'end_session_endpoint'],
  ...['revocation_endpoint_auth_methods_supported', 'success', '__proto__', 'constructor', 'toString', 'then'],
]
const document = fc.oneof(
  fc.dictionary(oneOf(...MEMBERS), member, { maxKeys: 6 }),
  fc.dictionary(text, member, { maxKeys: 3 }),
  // Like a valid one, except for one member.
  fc.tuple(oneOf(...MEMBERS), member).map(([name, value]) => ({
    issuer: '{origin:plain}',
    revocation_endpoint: '{origin:plain}/revoke',
    introspection_endpoint: '{origin:plain}/introspect',
    [name]: value,
  })),
  fc.jsonValue({ maxDepth: 5 }),
)
const nested = fc.integer({ min: 1, max: 20_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth))

const body: fc.Arbitrary<string> = fc.oneof(
  document.map((value) => JSON.stringify(value)),
  nested,
  text,
  fc.tuple(text, text).map(([name, value]) => `error=${name}&error_description=${value}`),
  text.map((inner) => `<!doctype html><title>${inner}</title>`),
  fc.tuple(document, fc.nat(200)).map(([value, length]) => JSON.stringify(value).slice(0, length)),
  fc.constant(''),
)

const headerName = fc.oneof(
  oneOf(
    ...[
      'Content-Type',
      'WWW-Authenticate',
      'Retry-After',
      'X-Request-Id',
      'Location',
      'Set-Cookie',
      'Content-Encoding',
    ],
    ...['Transfer-Encoding', 'Content-Length', 'Connection', 'Keep-Alive', 'Trailer', 'Upgrade', 'Date', 'Refresh'],
  ),
  fc.stringMatching(/^[!-9;-~]{1,20}$/),
)
const headerValue = fc.oneof(
  text,
  oneOf(
    'application/json',
    'text/html',
    'application/x-www-form-urlencoded',
    'gzip',
    'br',
    'deflate',
    'chunked',
    'identity',
  ),
  oneOf('close', 'keep-alive', '0', '-1', '1e3', '99999999999999999999', '10', 'NaN', 'Wed, 21 Oct 2099 07:28:00 GMT'),
  text.map((inner) => `Bearer realm="${inner}", error="${inner}", error_description="${inner}"`),
  fc.integer({ min: 2, max: 6_000 }).map((count) => Array(count).fill('gzip').join(', ')),
)
const header = fc.tuple(headerName, headerValue).map(([name, value]) => `${name}: ${value}\r\n`)

const statusLine = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(200, 200, 200, 204, 301, 302, 400, 401, 403, 404, 429, 500, 503)
      .map((status) => `HTTP/1.1 ${status} X\r\n`),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 9999 }).map((status) => `HTTP/1.1 ${status} X\r\n`) },
  { weight: 1, arbitrary: text.map((reason) => `HTTP/1.1 200 ${reason}\r\n`) },
  {
    weight: 1,
    arbitrary: oneOf(
      'HTTP/1.0 200 OK\r\n',
      'HTTP/2 200\r\n',
      'ICY 200 OK\r\n',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n',
      '\r\n',
      '',
    ),
  },
)

/** A valid response around a body: of the correct length, in chunks, or compressed. */
const framed = fc
  .tuple(
    statusLine,
    fc.array(header, { maxLength: 5 }),
    body,
    oneOf('length', 'chunks', 'gzip', 'br', 'deflate', 'none', 'short'),
  )
  .map(([status, headers, content, framing]): Piece[] => {
    const head = `${status}${headers.join('')}`
    // Lengths are those of the text with the placeholders, and so are incorrect for some: servers may also send such a
    // response.
    const length = Buffer.byteLength(content)
    if (framing === 'length') return [`${head}Content-Length: ${length}\r\n\r\n`, content]
    if (framing === 'short') return [`${head}Content-Length: ${length + 10}\r\n\r\n`, content]
    if (framing === 'chunks')
      return [`${head}Transfer-Encoding: chunked\r\n\r\n`, `${length.toString(16)}\r\n${content}\r\n0\r\n\r\n`]
    if (framing === 'none') return [`${head}Connection: close\r\n\r\n`, content]
    const compress = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[framing as 'gzip']
    const bytes = compress(content)
    return [
      `${head}Content-Encoding: ${framing}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      { base64: bytes.toString('base64') },
    ]
  })

/** Cuts the pieces at unlikely positions. */
const cut = fc.tuple(framed, fc.array(fc.nat(300), { maxLength: 4 })).map(([pieces, places]) =>
  places.reduce<Piece[]>((all, place) => {
    const last = all.at(-1)
    if (typeof last !== 'string' || place >= last.length) return all
    return [...all.slice(0, -1), last.slice(0, place), last.slice(place)]
  }, pieces),
)

const noise = fc
  .array(fc.uint8Array({ maxLength: 200 }), { maxLength: 3 })
  .map((all) => all.map((bytes): Piece => ({ base64: Buffer.from(bytes).toString('base64') })))

/** Every response that a server may send: valid, invalid, and none. */
export const answers: fc.Arbitrary<Answer> = fc.record({
  pieces: fc.oneof({ weight: 6, arbitrary: framed }, { weight: 3, arbitrary: cut }, { weight: 1, arbitrary: noise }),
  end: fc.constantFrom('close' as const, 'close' as const, 'close' as const, 'reset' as const, 'stay' as const),
})
