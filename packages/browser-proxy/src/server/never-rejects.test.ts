import { afterEach, beforeEach, expect, test } from 'vitest'
import { logoutRequest, ORIGIN } from '../testing/application.ts'
import { faultsOfAnswer } from '../testing/contract.ts'
import { ODDITIES, type Oddity, trap } from '../testing/oddities.ts'
import { createLogoutHandler, type LogoutHandlerOptions, type LogoutProxyEvent } from './index.ts'

const SECRET = 'the-token-that-no-answer-may-contain'
const TIMEOUTS = { revokeTimeoutMs: 30, storeTimeoutMs: 30 }

let unhandled: unknown[] = []
const record = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => {
  unhandled = []
  process.on('unhandledRejection', record)
})
afterEach(async () => {
  // Late failures of abandoned work arrive by then.
  await new Promise((resolve) => setTimeout(resolve, 100))
  process.off('unhandledRejection', record)
  expect(unhandled).toEqual([])
})

/** An application in which every part works. */
function parts() {
  const tokens = { accessToken: SECRET, refreshToken: `${SECRET}-2`, idToken: `${SECRET}-3` }
  return {
    throttle: (): unknown => 0,
    id: (): unknown => 'session',
    read: (): unknown => tokens,
    clear: (): unknown => ({ 'set-cookie': 'session=; Max-Age=0' }),
    lock: (_request: unknown, run: () => Promise<unknown>): unknown => run(),
    logout: (): unknown => ({ revoked: false, tokens: [] }),
    add: (): unknown => 'stored',
    waitUntil: (): unknown => undefined,
    onEvent: (_event: LogoutProxyEvent): unknown => undefined,
  }
}

/** The result of a request: violations of the contract in its response, and the events. */
async function faultsWith(broken: Partial<Record<keyof ReturnType<typeof parts>, unknown>>, request = logoutRequest()) {
  const all = { ...parts(), ...broken }
  const events: LogoutProxyEvent[] = []
  const options = {
    ...TIMEOUTS,
    client: { logout: all.logout },
    outbox: { add: all.add },
    session: { id: all.id, read: all.read, clear: all.clear, lock: all.lock },
    throttle: all.throttle,
    waitUntil: all.waitUntil,
    onEvent(event: LogoutProxyEvent) {
      events.push(event)
      return (all.onEvent as (event: LogoutProxyEvent) => unknown)(event)
    },
  } as unknown as LogoutHandlerOptions
  const answer = await createLogoutHandler(options)(request)
  const faults = await faultsOfAnswer(answer, 'POST')
  const text = `${JSON.stringify([...answer.headers])} ${await answer.clone().text()}`
  if (text.includes(SECRET)) faults.push('the answer contains a token')
  if (answer.headers.has('content-length') || answer.headers.has('transfer-encoding')) faults.push('framing headers')
  const ends = events.filter(({ type }) => type !== 'failure' && type !== 'no_session')
  if (ends.length !== 1) faults.push(`${ends.length} events of an end`)
  const { status } = (await answer.json()) as { status: unknown }
  return { faults, events, status, http: answer.status }
}

/** Tries each oddity; those that hang run at the same time. */
async function tryAll(make: (oddity: Oddity) => Parameters<typeof faultsWith>[0]) {
  const results = await Promise.all(
    ODDITIES.map(async ([name, oddity]) => {
      const result = await faultsWith(make(oddity)).catch((error: unknown) => ({ faults: [`rejected: ${error}`] }))
      return { name, http: 200, status: '', events: [], ...result }
    }),
  )
  expect(results.filter(({ faults }) => faults.length)).toEqual([])
  return results
}

const broken = (events: readonly LogoutProxyEvent[], step: string): boolean =>
  events.some((event) => event.type === 'failure' && event.step === step)

test('every part of an application can fail, in hundreds of combinations', () => {
  expect(ODDITIES.length).toBeGreaterThan(150)
})

test.each(['throttle', 'id', 'lock', 'read', 'logout', 'add', 'waitUntil', 'onEvent'] as const)(
  'whatever %s does, the session ends and the response follows the contract',
  async (part) => {
    for (const { name, http, status } of await tryAll((oddity) => ({ [part]: oddity }))) {
      // A rate limit may refuse; everything else ends the session.
      const throttled = part === 'throttle' && /(?:returns|gives|resolves to) (?:a number|infinity)$/.test(name)
      expect(http, name).toBe(throttled ? 429 : 200)
      // Tokens that may be live are never reported as revoked.
      if (!throttled && part !== 'read') expect(status, name).not.toBe('logged_out')
    }
  },
)

test('whatever clear() does, the response reports a logout or that there was no session', async () => {
  for (const { http, events } of await tryAll((oddity) => ({ clear: oddity }))) {
    expect(http).toBe(broken(events, 'clear') ? 500 : 200)
  }
})

test('a failed read is never reported as a logout with revoked tokens', async () => {
  for (const { name, status, events } of await tryAll((oddity) => ({ read: oddity }))) {
    if (broken(events, 'read')) expect(status, name).not.toBe('logged_out')
  }
})

test('all parts can fail at the same time in the same way', async () => {
  await tryAll((oddity) => {
    const names = Object.keys(parts())
    return Object.fromEntries(names.map((name) => [name, oddity]))
  })
})

test('a part that is a trap itself fails as its step', async () => {
  for (const part of ['throttle', 'id', 'read', 'clear', 'lock', 'logout', 'add', 'waitUntil'] as const) {
    const { faults, events } = await faultsWith({ [part]: trap() })
    expect(faults, part).toEqual([])
    expect(
      events.some(({ type }) => type === 'failure'),
      part,
    ).toBe(true)
  }
})

/** Without promises, which nothing awaits in a request. */
const PLAIN_ODDITIES = ODDITIES.filter(([name]) => /^(?:returns|throws)/.test(name))

/** A request in which one member fails. */
function requestWith(member: keyof Request, value: () => unknown): Request {
  const request = logoutRequest(undefined, { return_to: '/' })
  return Object.defineProperty(request, member, { get: value })
}

test.each(['method', 'url', 'headers', 'body', 'bodyUsed'] as const)(
  'whatever %s of a request is, the response follows the contract',
  async (member) => {
    for (const [name, oddity] of PLAIN_ODDITIES) {
      const { faults, http } = await faultsWith({}, requestWith(member, oddity))
      expect(faults, `${member} ${name}`).toEqual([])
      expect(http, `${member} ${name}`).toBeGreaterThanOrEqual(member === 'bodyUsed' || member === 'body' ? 200 : 400)
    }
  },
)

test('any value in place of a request gets a response', async () => {
  for (const [name, make] of PLAIN_ODDITIES.filter(([name]) => name.startsWith('returns'))) {
    const { faults, http, events } = await faultsWith({}, (make() ?? null) as Request)
    expect(faults, name).toEqual([])
    expect(http, name).toBeGreaterThanOrEqual(400)
    expect(events.at(-1), name).toMatchObject({ type: 'refused' })
  }
})

test('an unexpected failure is an event and the problem internal_error, which repeats no part of it', async () => {
  const request = requestWith('headers', () => {
    throw new Error(SECRET)
  })
  const { faults, http, events } = await faultsWith({}, request)
  expect(faults).toEqual([])
  expect(http).toBe(500)
  expect(events).toMatchObject([
    { type: 'failure', step: 'handler', error: { message: SECRET } },
    { type: 'refused', code: 'internal_error', status: 500 },
  ])
})

const body = (source: UnderlyingDefaultSource): Request =>
  new Request(`${ORIGIN}/logout`, {
    method: 'POST',
    headers: { origin: ORIGIN, 'x-logout-request': '1', 'content-type': 'application/json' },
    body: new ReadableStream(source),
    duplex: 'half',
  } as RequestInit)

test.each([
  ['strings instead of bytes', { start: (stream) => stream.enqueue('{}') }],
  ['null', { start: (stream) => stream.enqueue(null) }],
  ['a trap', { start: (stream) => stream.enqueue(trap()) }],
  ['a chunk of negative length', { start: (stream) => stream.enqueue({ length: -1 }) }],
  ['a pull that throws', { pull: () => Promise.reject(new Error('no')) }],
] as [string, UnderlyingDefaultSource][])('a body with %s is refused', async (_case, source) => {
  const { faults, http } = await faultsWith({}, body(source))
  expect(faults).toEqual([])
  expect(http).toBe(400)
})

test('a body that other code is reading is refused', async () => {
  const request = logoutRequest(undefined, { return_to: '/' })
  request.body?.getReader()
  const { faults, http } = await faultsWith({}, request)
  expect(faults).toEqual([])
  expect(http).toBe(400)
})
