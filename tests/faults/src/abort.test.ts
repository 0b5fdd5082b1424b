import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { type Answer, answer, head, stayAway, write } from './behaviors.ts'
import { appId, everythingIn, leakDetector, makeCanaries } from './canaries.ts'
import { clients } from './clients.ts'
import { startFaultServer } from './fault-server.ts'
import { operations } from './operations.ts'

/** Far shorter than any limit of the calls, and long enough for a busy machine. */
const AT_ONCE_MS = 5_000

/** A moment of a call: the way to cause it, and the state of the token then. */
interface Moment {
  readonly name: string
  readonly server: Parameters<typeof startFaultServer>
  readonly tls?: boolean
  readonly state: 'unknown' | 'live'
  /** The number of attempts that have begun. */
  readonly attempts: number
}

const wait: Answer = { status: 503, headers: { 'retry-after': '60' } }

const moments: readonly Moment[] = [
  { name: 'before it begins', server: [stayAway], state: 'live', attempts: 0 },
  { name: 'while it connects', server: [stayAway], tls: true, state: 'unknown', attempts: 1 },
  { name: 'while it waits for the headers', server: [stayAway], state: 'unknown', attempts: 1 },
  { name: 'within the headers', server: [write('HTTP/1.1 200 OK\r\nx-slow: ')], state: 'unknown', attempts: 1 },
  {
    name: 'within the body',
    server: [write(`${head({ headers: { 'content-length': '9' } })}half`)],
    state: 'unknown',
    attempts: 1,
  },
  { name: 'while it waits to retry', server: [answer(wait)], state: 'live', attempts: 1 },
]

const cases = clients.flatMap((factory) =>
  operations.flatMap((operation) => moments.map((moment) => ({ factory, operation, moment }))),
)

describe.concurrent('abort', () => {
  it.for(cases.map((one) => [one.factory.name, one.operation.name, one.moment.name, one] as const))(
    '%s: %s() ends immediately when its signal aborts %s',
    async ([, , , { factory, operation, moment }]) => {
      const canaries = makeCanaries()
      const leaksIn = leakDetector(canaries)
      const controller = new AbortController()
      const abort = (): void => controller.abort(new Error(`Signed out: ${canaries.accessToken} ${canaries.idToken}`))
      let abortedAt = performance.now()
      const [behave, options] = moment.server
      const abortSoon = (): void => {
        // Long enough for the first bytes of a response to arrive; nothing depends on whether they have.
        setTimeout(() => {
          abortedAt = performance.now()
          abort()
        }, 100)
      }
      const server = await startFaultServer(
        (exchange) => {
          behave(exchange)
          if (exchange.nth === 1 && moment.state === 'unknown') abortSoon()
        },
        { ...options, onConnection: moment.tls ? abortSoon : undefined },
      )
      const events: unknown[] = []
      const { client, close } = factory.create({
        appId,
        appSecret: canaries.appSecret,
        appHost: moment.tls ? server.origin.replace('http://127.0.0.1', 'https://localhost') : server.origin,
        timeoutMs: 600_000,
        deadlineMs: 600_000,
        onEvent: (event) => {
          events.push(event)
          if (event.type === 'retry') abortSoon()
        },
      })
      try {
        if (moment.attempts === 0) abort()
        const fates = await operation.run(
          client,
          canaries,
          { signal: controller.signal, deadlineMs: 600_000 },
          events as never,
        )
        expect(performance.now() - abortedAt).toBeLessThan(AT_ONCE_MS)

        const [first, ...others] = fates
        expect(first).toMatchObject({ attempts: moment.attempts, error: { code: 'aborted', tokenMayBeLive: true } })
        if (operation.name !== 'introspectToken') expect(first?.state).toBe(moment.state)
        // Nothing more is sent, and a token that was not sent cannot be revoked.
        for (const other of others) {
          expect(other).toMatchObject({ state: 'live', revoked: false, attempts: 0, error: { code: 'aborted' } })
        }
        expect(server.requests.length).toBe(moment.tls ? 0 : moment.attempts)
        for (const { token: _, ...fate } of fates) {
          expect(leaksIn(everythingIn(fate))).toEqual([])
          expect(leaksIn(everythingIn(fate.error))).toEqual([])
        }
        expect(leaksIn(everythingIn(events))).toEqual([])
        expect(getEventListeners(controller.signal, 'abort')).toEqual([])
        // The connection does not stay open for an unwanted response.
        if (moment.state === 'unknown' && !moment.tls) await server.deserted()
      } finally {
        await close()
        await server.close()
      }
    },
  )
})
