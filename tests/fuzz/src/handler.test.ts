import { createLogoutHandler, type LogoutHandlerOptions } from '@backend-logout/browser-proxy/server'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { run } from './campaign.ts'

/** The behavior of a function of the application. */
type Deed =
  | { readonly how: 'return' | 'throw' | 'resolve' | 'reject'; readonly what: string }
  | { readonly how: 'hang' }

interface Input {
  readonly request: {
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string | null
    readonly breaks: boolean
  }
  readonly deeds: Readonly<Record<(typeof FUNCTIONS)[number], Deed | null>>
}

const FUNCTIONS = ['logout', 'id', 'read', 'clear', 'lock', 'add', 'throttle', 'waitUntil', 'onEvent'] as const
const STATUS = [200, 400, 403, 413, 415, 429, 500]
const SECRET = 'secret-in-an-exception-0123456789'

/** Unusual values, by name: inspecting some of them throws, and fast-check inspects its inputs. */
const STRANGE: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  'less than zero': () => -1,
  'not a number': () => Number.NaN,
  'a big number': () => Number.MAX_VALUE,
  bigint: () => 1n,
  symbol: () => Symbol(SECRET),
  function: () => () => {},
  'an error': () => new Error(SECRET),
  'a proxy that throws': () =>
    new Proxy({}, { get: () => fail(), has: () => fail(), ownKeys: () => fail(), getPrototypeOf: () => fail() }),
  'an object without a prototype': () => Object.create(null),
  // biome-ignore lint/suspicious/noThenProperty: an object may only look like a promise.
  'no promise': () => ({ then: 'no function' }),
  // biome-ignore lint/suspicious/noThenProperty: as above.
  'a promise that throws': () => ({ then: () => fail() }),
  'a getter that throws': () => Object.defineProperty({}, 'accessToken', { get: () => fail(), enumerable: true }),
  'an object that is not a string': () => ({ [Symbol.toPrimitive]: () => fail() }),
  headers: () => new Headers([['x', 'y']]),
  'a header with a line break': () => [['set-cookie', 'a=b\r\nx: y']],
  'half a header': () => [['x']],
  'a response': () => new Response('x'),
  'a result without tokens': () => ({ tokens: null }),
  'a result with nothing in it': () => ({ tokens: [null], revoked: 'yes' }),
  'a result with a text as its error': () => ({ tokens: [{ error: SECRET }], logoutUrl: 'javascript:1' }),
  tokens: () => ({ accessToken: 'token', refreshToken: 'another token' }),
  'tokens of the wrong type': () => ({ accessToken: 'token', refreshToken: 7, expiresAt: 'tomorrow' }),
  'a token that is too long': () => ({ accessToken: 'x'.repeat(100_000) }),
  'half a character': () => ({ accessToken: 'token', idToken: '\ud800' }),
  text: () => 'text',
  'a text of control characters': () => '\u0000\r\n\u001b[2K',
  list: () => [1, [2, [3]]],
}
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      how: fc.constantFrom('return' as const, 'throw' as const, 'resolve' as const, 'reject' as const),
      what: fc.constantFrom(...Object.keys(STRANGE)),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ how: 'hang' as const }) },
)

function fail(): never {
  throw new Error(SECRET)
}

function act(chosen: Deed): unknown {
  if (chosen.how === 'hang') return new Promise(() => {})
  const what = STRANGE[chosen.what]?.()
  if (chosen.how === 'throw') throw what
  if (chosen.how === 'reject') return Promise.reject(what)
  return chosen.how === 'resolve' ? Promise.resolve(what) : what
}

test('handler', () =>
  run<Input>({
    name: 'handler',
    inputs: fc.record({
      request: fc.record({
        headers: fc.array(
          fc.tuple(
            fc.constantFrom(
              'origin',
              'cookie',
              'content-type',
              'content-length',
              'content-encoding',
              'sec-fetch-site',
              'x-forwarded-host',
              'x-forwarded-proto',
            ),
            fc.oneof(
              fc.constantFrom('null', 'https://app.example.com', 'a:99999', 'application/json', '__Host-session=%'),
              fc.stringMatching(/^[ -~]{0,20}$/),
            ),
          ),
          { maxLength: 2 },
        ),
        body: fc.option(
          fc.oneof(fc.constantFrom('{}', '{"token":"a"}', '{"return_to":"/x"}'), fc.string({ maxLength: 20 })),
        ),
        breaks: fc.boolean(),
      }),
      deeds: fc.record(
        Object.fromEntries(FUNCTIONS.map((name) => [name, fc.option(deed)])) as Record<
          (typeof FUNCTIONS)[number],
          fc.Arbitrary<Deed | null>
        >,
      ),
    }),
    known: [],
    limitMs: 3_000,
    async send({ request, deeds }) {
      const made = (name: (typeof FUNCTIONS)[number]) => {
        const chosen = deeds[name]
        return chosen ? () => act(chosen) : undefined
      }
      const handler = createLogoutHandler({
        client: { logout: made('logout') ?? (async () => ({ revoked: true, nothingToRevoke: false, tokens: [] })) },
        session: made('read') && {
          read: made('read'),
          clear: made('clear') ?? (() => {}),
          id: made('id'),
          lock: made('lock'),
        },
        outbox: made('add') && { add: made('add') },
        throttle: made('throttle'),
        waitUntil: made('waitUntil'),
        onEvent: made('onEvent'),
        returnTo: ['/x'],
        revokeTimeoutMs: 50,
        storeTimeoutMs: 50,
      } as unknown as LogoutHandlerOptions)
      const answer = await handler(requestOf(request))
      const text = `${await answer.text()} ${JSON.stringify([...answer.headers])}`
      expect(STATUS).toContain(answer.status)
      expect(text).not.toContain(SECRET)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    },
  }))

function requestOf({ headers, body, breaks }: Input['request']): Request {
  const all = new Headers({
    origin: 'https://app.example.com',
    'x-logout-request': '1',
    ...(body !== null && { 'content-type': 'application/json' }),
  })
  for (const [name, value] of headers) all.set(name, value)
  const stream = new ReadableStream({
    start(controller) {
      if (body !== null) controller.enqueue(new TextEncoder().encode(body))
      if (breaks) controller.error(new Error(SECRET))
      else controller.close()
    },
  })
  const options = { method: 'POST', headers: all, body: body === null && !breaks ? null : stream, duplex: 'half' }
  return new Request('https://app.example.com/logout', options as RequestInit)
}
