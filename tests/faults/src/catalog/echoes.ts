import { type Answer, answer, head, write } from '../behaviors.ts'
import type { Behavior, SeenRequest } from '../fault-server.ts'

/** The parts of a request that a provider, or a proxy in front of it, may repeat. */
const PARTS: Record<string, (request: SeenRequest) => string> = {
  'the token': ({ body }) => new URLSearchParams(body).get('token') ?? '',
  'the secret': ({ body, headers }) => new URLSearchParams(body).get('client_secret') ?? basicSecret(headers),
  'the Authorization header': ({ headers }) => headers.authorization ?? 'none',
  'the whole request': ({ target, headers, body }) => `POST ${target} ${JSON.stringify(headers)} ${body}`,
}

/** The forms in which it may be written. */
const FORMS: Record<string, (text: string) => string> = {
  'as it was': (text) => text,
  'its beginning': (text) => text.slice(0, 16),
  'its end': (text) => text.slice(-16),
  'its middle': (text) => text.slice(7, 25),
  'with a cut in the middle': (text) => `${text.slice(0, 14)}...${text.slice(-14)}`,
  'URL-encoded': encodeURIComponent,
  'URL-encoded in lower case': (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'form-encoded': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'JSON-escaped': (text) => JSON.stringify(text).slice(1, -1),
  'JSON-escaped twice': (text) => JSON.stringify(JSON.stringify(text)),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64, after something else': (text) => Buffer.from(`token=${text}`).toString('base64'),
  'in base64url': (text) => Buffer.from(`{"token":${JSON.stringify(text)}}`).toString('base64url'),
  'after a long preface': (text) => `${'Sorry! '.repeat(42)}${text}`,
}

/** The places in which it may be. Every part of such a response repeats it. */
const PLACES: Record<string, (text: string) => Behavior> = {
  'an OAuth error': (text) => json(400, { error: text, error_description: text, requestId: text }),
  'the description of invalid_client': (text) => json(401, { error: 'invalid_client', error_description: text }),
  "GenAuth's envelope": (text) => json(200, { statusCode: 403, apiCode: 2333, message: text, requestId: text }),
  'the legacy envelope': (text) => json(500, { code: 500, message: `Bad token: ${text}` }),
  "Google's envelope": (text) => json(403, { error: { code: 403, message: text, status: text } }),
  'a form-encoded error': (text) =>
    answer({ status: 400, body: `${new URLSearchParams({ error: text, error_description: text })}` }),
  'an HTML page': (text) => answer({ status: 502, headers: { 'content-type': 'text/html' }, body: `<p>${text}</p>` }),
  text: (text) => answer({ status: 503, body: text, headers: { 'retry-after': headerSafe(text) } }),
  'every header of a refusal': (text) =>
    answer({
      status: 401,
      reason: headerSafe(text),
      headers: {
        'x-request-id': headerSafe(text),
        'www-authenticate': `Basic realm=${quoted(text)}, error=${quoted(text)}, error_description=${quoted(text)}`,
        location: `/?token=${encodeURIComponent(text)}`,
        'set-cookie': `token=${encodeURIComponent(text)}`,
      },
    }),
  'the headers of a success': (text) =>
    answer({ reason: headerSafe(text), headers: { 'x-request-id': headerSafe(text) }, body: '{"active":false}' }),
  'the request id of a success': (text) =>
    json(200, { statusCode: 200, active: false, requestId: text, message: text }),
  'a redirect': (text) =>
    answer({
      status: 302,
      reason: headerSafe(text),
      headers: { location: `http://127.0.0.1:2/?${encodeURIComponent(text)}` },
    }),
  'an invalid status line': (text) => write(`HTTP/9.9 ${headerSafe(text)}\r\n\r\n`, 'end'),
  'an invalid header line': (text) => write(`HTTP/1.1 200 OK\r\n${headerSafe(text)}\u0000\r\n\r\n`, 'end'),
  'the size of a chunk': (text) =>
    write(`${head({ headers: { 'transfer-encoding': 'chunked' } })}${headerSafe(text)}\r\n`, 'end'),
}

/** One way of repeating a secret. */
export interface Echo {
  readonly name: string
  /** Takes it from the request, and writes it in the given form. */
  readonly say: (request: SeenRequest) => string
}

/** Every part of a request in every form. */
export const echoes: readonly Echo[] = Object.entries(PARTS).flatMap(([part, take]) =>
  Object.entries(FORMS).map(([form, write]) => ({
    name: `${part}, ${form}`,
    say: (request: SeenRequest) => write(take(request)),
  })),
)

/** The kinds of responses that may contain it, by name. */
export const places: readonly (readonly [name: string, put: (text: string) => Behavior])[] = Object.entries(PLACES)

function basicSecret({ authorization = '' }: SeenRequest['headers']): string {
  const [, encoded = ''] = Buffer.from(authorization.slice(6), 'base64').toString().split(':')
  return new URLSearchParams(`=${encoded}`).get('') ?? ''
}

function json(status: number, value: unknown): Behavior {
  const page: Answer = { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
  return answer(page)
}

/** Without the characters that end a header line, and short enough for one. */
function headerSafe(text: string): string {
  return text.replace(/[\r\n]/g, ' ').slice(0, 4_000)
}

function quoted(text: string): string {
  return `"${headerSafe(text).replace(/["\\]/g, '\\$&')}"`
}
