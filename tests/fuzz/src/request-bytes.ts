import fc from 'fast-check'

/** The bytes that a client writes to a bare socket. */
export interface WireRequest {
  /** As single bytes: each character is one. */
  readonly bytes: string
  /** The positions at which the bytes are cut into packets. */
  readonly cuts: readonly number[]
  /** Disconnects after this number of bytes; otherwise it waits for the response. */
  readonly hangsUpAt: number | undefined
}

/** Placeholders in a request for the session and the token of the application. */
export const COOKIE = 'session-of-alice-0123456789'
export const TOKEN = 'token-of-alice-9876543210'

const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  oneOf('', ' ', '\t', 'null'),
)

const method = fc.oneof(
  { weight: 12, arbitrary: oneOf('POST') },
  {
    weight: 2,
    arbitrary: oneOf('GET', 'HEAD', 'OPTIONS', 'PUT', 'CONNECT', 'TRACE', 'PRI', 'M-SEARCH', 'post', 'QUERY'),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[!-~]{0,12}$/) },
)
const host = fc.oneof(
  { weight: 6, arbitrary: oneOf('app.example.com', '127.0.0.1') },
  {
    weight: 4,
    arbitrary: oneOf(
      'a:99999',
      'a:65536',
      '1.2.3.4.5',
      '999.1.1.1',
      '0xffffffffff',
      '[::1',
      '[::1]:0',
      'a b',
      '%',
      'xn--',
      'a..b',
      '@',
      'a@b',
      'a/b',
      'a#b',
      'a?b',
      '\u00e9.example',
      '.',
      ':',
      ':80',
      'a,b',
    ),
  },
  { weight: 2, arbitrary: text },
)
const target = fc.oneof(
  { weight: 8, arbitrary: oneOf('/logout', '/', '/logout?a=b') },
  {
    weight: 4,
    arbitrary: oneOf(
      '//evil.example/x',
      'http://evil.example/logout',
      'https://a:99999/',
      '*',
      'evil.example:443',
      '/\\evil.example',
      '/%',
      '/%00',
      '/..',
      '?',
      '#',
      '///',
      '/@',
      'logout',
      'http://',
      'http://[',
      'javascript:1',
      'data:,x',
      'blob:x',
    ),
  },
  { weight: 2, arbitrary: text },
)

const GOOD: Readonly<Record<string, string>> = {
  Origin: 'http://app.example.com',
  'Sec-Fetch-Site': 'same-origin',
  'X-Logout-Request': '1',
  'Content-Type': 'application/json',
  Cookie: `__Host-session=${COOKIE}`,
}
const NAMES = [
  ...Object.keys(GOOD),
  ...[
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'Forwarded',
    'Sec-Purpose',
    'Content-Encoding',
    'Content-Length',
    'Expect',
  ],
  ...[
    'Transfer-Encoding',
    'Connection',
    'Upgrade',
    'Trailer',
    'TE',
    'Range',
    'Authorization',
    'Via',
    '__proto__',
    'constructor',
  ],
]
const value = fc.oneof(
  text,
  oneOf(
    'http://app.example.com',
    'null',
    'https://evil.example',
    'same-site',
    'cross-site',
    '0',
    '2',
    '-1',
    '65537',
    '1e9',
    '100-continue',
  ),
  oneOf(
    'application/json; charset=utf-8',
    'text/plain',
    `application/json;a=${'b'.repeat(3000)}`,
    'gzip',
    'chunked',
    'h2c',
    'prefetch',
  ),
  oneOf(
    'for=1;host=a:99999;proto=https',
    'host="',
    'host=[::',
    'proto=javascript',
    'http, http, https',
    'a:99999',
    'x'.repeat(9_000),
  ),
  oneOf(
    '__Host-session=%',
    '__Host-session',
    '=',
    ';;;',
    '__Host-session=a; __Host-session=b',
    `__Host-session="${COOKIE}"`,
  ),
)
/** Valid headers except for a few, which are changed, repeated or omitted. */
const headers = fc.array(fc.tuple(oneOf(...NAMES), fc.option(value), fc.boolean()), { maxLength: 4 }).map((changes) => {
  const lines = Object.entries(GOOD)
  for (const [name, changed, double] of changes) {
    const at = lines.findIndex(([known]) => known === name)
    if (at >= 0 && !double) lines.splice(at, 1)
    if (changed !== null) lines.push([name, changed])
  }
  return lines.map(([name, content]) => `${name}: ${content}\r\n`).join('')
})

const json = fc.oneof(
  fc.constant(''),
  fc.constant('{}'),
  fc
    .record(
      {
        token: fc.oneof(fc.constant(TOKEN), text, fc.jsonValue({ maxDepth: 2 })),
        token_type_hint: fc.oneof(oneOf('access_token', 'refresh_token'), text),
        id_token_hint: text,
        return_to: fc.oneof(
          oneOf('https://app.example.com/goodbye', '/goodbye', '//evil.example', 'javascript:1'),
          text,
        ),
        __proto__: text,
      },
      { requiredKeys: [] },
    )
    .map((body) => JSON.stringify(body)),
  fc.jsonValue({ maxDepth: 4 }).map((body) => JSON.stringify(body)),
  fc.integer({ min: 1, max: 30_000 }).map((depth) => '['.repeat(depth)),
  fc.integer({ min: 1, max: 80_000 }).map((length) => JSON.stringify({ token: 'x'.repeat(length) })),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  text,
)
const latin = (content: string): string => Buffer.from(content).toString('latin1')
const body = fc
  .tuple(json, oneOf('length', 'length', 'length', 'chunks', 'short', 'long', 'none'))
  .map(([content, framing]) => {
    const bytes = latin(content)
    if (framing === 'chunks')
      return `Transfer-Encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`
    if (framing === 'none') return `\r\n${bytes}`
    const length = { length: 0, short: -1, long: 7 }[framing as 'length'] + bytes.length
    return `Content-Length: ${Math.max(0, length)}\r\n\r\n${bytes}`
  })

const request = fc
  .tuple(method, target, host, headers, body)
  .map(
    ([verb, path, name, lines, rest]) =>
      `${latin(verb)} ${latin(path)} HTTP/1.1\r\nHost: ${latin(name)}\r\n${latin(lines)}${rest}`,
  )

/** Every request that a client may send: valid, invalid, several on one connection, and none. */
export const wireRequests: fc.Arbitrary<WireRequest> = fc.record({
  bytes: fc.oneof(
    { weight: 10, arbitrary: request },
    { weight: 1, arbitrary: fc.array(request, { minLength: 2, maxLength: 3 }).map((all) => all.join('')) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(request, fc.nat(400), fc.uint8Array({ minLength: 1, maxLength: 5 }))
        .map(
          ([whole, at, noise]) =>
            whole.slice(0, at) + Buffer.from(noise).toString('latin1') + whole.slice(at + noise.length),
        ),
    },
  ),
  cuts: fc.array(fc.nat(600), { maxLength: 3 }),
  hangsUpAt: fc.option(fc.nat(700), { nil: undefined, freq: 4 }),
})
