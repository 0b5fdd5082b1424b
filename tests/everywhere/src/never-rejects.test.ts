import {
  createBackChannelHandler,
  createGlobalRevocationHandler,
  createLogoutTokenVerifier,
  isLogoutTokenError,
  LogoutTokenError,
  type ReceiverEvent,
} from '@backend-logout/receiver'
import { createGenAuthWebhookHandler } from '@backend-logout/receiver/genauth'
import { followRevocations, isRevocationError, RevocationError } from '@backend-logout/revocations'
import { createCheckHandler, createRevocationFeedHandler, openRevocationLog } from '@backend-logout/revocations/server'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ODDITIES, type Oddity } from '../../../packages/browser-proxy/src/testing/oddities.ts'
import { TestIssuer } from '../../../packages/receiver/src/testing/issuer.ts'

const ENDPOINT = 'https://app.example.com/logout'
const SECRET = 'the-request-key-of-the-console'

let issuer: TestIssuer
let unhandled: unknown[] = []
const record = (reason: unknown): void => void unhandled.push(reason)
beforeAll(async () => {
  issuer = await TestIssuer.start()
})
afterAll(() => issuer[Symbol.asyncDispose]())
beforeEach(() => {
  unhandled = []
  process.on('unhandledRejection', record)
})
afterEach(async () => {
  // Late failures of abandoned work arrive by then.
  await new Promise((resolve) => setTimeout(resolve, 50))
  process.off('unhandledRejection', record)
  expect(unhandled).toEqual([])
})

/** An error that throws when a member other than its brand is read. */
const guarded = (error: Error): object =>
  new Proxy(error, {
    get(target, name) {
      if (typeof name === 'symbol') return Reflect.get(target, name)
      throw new Error('guarded')
    },
  })
const THROWN: Readonly<Record<string, unknown>> = {
  'a name that cannot become text': { name: Object.create(null), message: Object.create(null) },
  'a refusal that cannot be read': guarded(new LogoutTokenError('replayed', 'x')),
  'an error of a feed that cannot be read': guarded(new RevocationError('cursor_gone', 'x')),
  ...Object.fromEntries(
    ['code', 'name', 'status', 'message', 'retryable'].map((name) => [
      `a ${name} that throws`,
      Object.defineProperty({}, name, {
        get() {
          throw new Error(name)
        },
      }),
    ]),
  ),
}
/** Functions that throw or reject with anything. */
const FAILURES: readonly (readonly [name: string, Oddity])[] = [
  ...ODDITIES.filter(([name]) => /^(?:throws|rejects with) /.test(name)),
  ...Object.entries(THROWN).flatMap(([name, value]): [string, Oddity][] => [
    [
      `throws ${name}`,
      () => {
        throw value
      },
    ],
    [`rejects with ${name}`, () => Promise.reject(value)],
  ]),
]

/** The statuses of the responses to a request, one for each failure of a part. */
async function statusesWith(ask: (failing: Oddity) => Promise<Response>, failures = FAILURES): Promise<number[]> {
  const statuses = new Set<number>()
  for (const [name, failing] of failures) {
    const answer = await ask(failing).catch((error: unknown) => expect.fail(`it ${name}: the handler ${error}`))
    statuses.add(answer.status)
  }
  return [...statuses].sort()
}

/** Targets of a logout, one of which fails. */
function targetsWith(part: string, failing: Oddity) {
  const fails = (name: string, usual: (...all: never[]) => unknown): never => (name === part ? failing : usual) as never
  return {
    sessions: {
      find: fails('find', () => ['1']),
      tokens: fails('tokens', () => ({ accessToken: 'an-access-token' })),
      end: fails('end', () => {}),
    },
    outbox: { add: fails('add', async () => {}) },
    revocations: { append: fails('append', async () => {}) },
    onEvent: fails('onEvent', (_event: ReceiverEvent) => {}),
  }
}
const TARGETS = { find: [503], tokens: [503], end: [503], add: [503], append: [503] }

test.each(Object.entries({ ...TARGETS, onEvent: [200], verify: [503], handled: [200], has: [503], send: [503] }))(
  'the receiver of logout tokens responds if %s fails, whatever it throws',
  async (part, expected) => {
    const token = await issuer.token()
    const statuses = await statusesWith(async (failing) => {
      const own = createLogoutTokenVerifier({
        issuer: issuer.url,
        clientId: 'app',
        ...(part === 'has' && { replays: { has: failing as never, add: () => {} } }),
        ...(part === 'send' && { transport: { send: failing as never } }),
      })
      const verifier = {
        verify: part === 'verify' ? (failing as never) : own.verify,
        handled: part === 'handled' ? (failing as never) : own.handled,
      }
      const handler = createBackChannelHandler({ verifier, ...targetsWith(part, failing) })
      return handler(new Request(ENDPOINT, { method: 'POST', body: new URLSearchParams({ logout_token: token }) }))
    })
    expect(statuses).toEqual(expected)
  },
)

test.each(Object.entries({ ...TARGETS, onEvent: [204], subjectOfEmail: [503], send: [503] }))(
  'the receiver of global revocations responds if %s fails, whatever it throws',
  async (part, expected) => {
    const claims = issuer.claims({ sub: 'app', aud: ENDPOINT, sid: undefined })
    const token = await issuer.sign(claims, { typ: 'global-token-revocation+jwt' })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ sub_id: { format: 'email', email: 'alice@example.com' } })
    const statuses = await statusesWith((failing) => {
      const subjectOfEmail = (_email: string, iss: string) => ({ iss, sub: 'alice' })
      const handler = createGlobalRevocationHandler({
        ...{ issuer: issuer.url, clientId: 'app', endpoint: ENDPOINT },
        ...targetsWith(part, failing),
        subjectOfEmail: part === 'subjectOfEmail' ? (failing as never) : subjectOfEmail,
        ...(part === 'send' && { transport: { send: failing as never } }),
      })
      return handler(new Request(ENDPOINT, { method: 'POST', headers, body }))
    })
    expect(statuses).toEqual(expected)
  },
)

test.each(Object.entries({ ...TARGETS, onEvent: [200] }))(
  'the receiver of webhooks responds if %s fails, whatever it throws',
  async (part, expected) => {
    const headers = { 'x-genauth-token': SECRET, 'content-type': 'application/json' }
    const body = JSON.stringify({ eventName: 'kick', data: { users: [{ id: 'alice' }] } })
    const statuses = await statusesWith((failing) => {
      const handler = createGenAuthWebhookHandler({
        ...{ issuer: 'https://example.genauth.ai/oidc', appId: 'app', secret: SECRET },
        ...targetsWith(part, failing),
      })
      return handler(new Request(ENDPOINT, { method: 'POST', headers, body }))
    })
    expect(statuses).toEqual(expected)
  },
)

test.each(Object.entries({ verify: [503], tokenOf: [503], check: [503], onEvent: [204] }))(
  'the check for a proxy responds if %s fails, whatever it throws',
  async (part, expected) => {
    const statuses = await statusesWith(
      (failing) => {
        const fails = (name: string, usual: () => unknown): never => (name === part ? failing : usual) as never
        const handler = createCheckHandler({
          list: { check: fails('check', () => 'valid') },
          verify: fails('verify', () => ({})),
          tokenOf: fails('tokenOf', () => 'a-token'),
          onEvent: fails('onEvent', () => {}),
        })
        return handler(new Request(ENDPOINT))
      },
      part === 'tokenOf' || part === 'check' ? FAILURES.filter(([name]) => name.startsWith('throws')) : FAILURES,
    )
    expect(statuses).toEqual(expected)
  },
)

test.each(Object.entries({ read: [503], authorize: [503], onEvent: [200] }))(
  'the feed responds if %s fails, whatever it throws',
  async (part, expected) => {
    const statuses = await statusesWith((failing) => {
      const fails = (name: string, usual: () => unknown): never => (name === part ? failing : usual) as never
      const handler = createRevocationFeedHandler({
        log: { read: fails('read', () => ({ entries: [], cursor: 'x' })) },
        authorize: fails('authorize', () => true),
        onEvent: fails('onEvent', () => {}),
      })
      return handler(new Request(ENDPOINT))
    })
    expect(statuses).toEqual(expected)
  },
)

test('the feed responds whatever its log returns', async () => {
  for (const [name, read] of ODDITIES.filter(([name]) => /^returns /.test(name))) {
    const handler = createRevocationFeedHandler({ log: { read: read as never }, authorize: () => true })
    expect([200, 503], name).toContain((await handler(new Request(ENDPOINT))).status)
  }
})

/** Values of which nothing can be read. */
const UNREADABLE = FAILURES.filter(([name]) => /^throws (?:trap|a revoked proxy)$/.test(name))

test('a list follows its source again after it has thrown something that cannot be read', async () => {
  await using log = await openRevocationLog({ store: { memory: true } })
  for (const [, failing] of UNREADABLE) {
    let reads = 0
    await using list = followRevocations({
      source: { read: (request) => (reads++ === 0 ? (failing() as never) : log.read(request)) },
    })
    await list.ready
    expect(reads).toBeGreaterThan(1)
  }
})

test('what cannot be read is not an error of these packages', () => {
  for (const [, failing] of UNREADABLE) {
    expect(failing).toThrow(expect.toSatisfy((error) => !isLogoutTokenError(error) && !isRevocationError(error)))
  }
})
