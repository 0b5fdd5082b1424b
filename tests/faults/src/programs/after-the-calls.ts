/**
 * Makes calls that end in every possible way, with limits of ten minutes, and then has nothing left to do. It must end
 * on its own: anything that keeps it alive is a timer, a listener or a socket that has outlived its call.
 */
import { answer, head, pour, reset, stayAway, write } from '../behaviors.ts'
import { clients } from '../clients.ts'
import { type Behavior, startFaultServer } from '../fault-server.ts'

const factory = clients.find(({ name }) => name === process.argv[2])
if (!factory) throw new Error('Name one of the clients.')

const LONG = { timeoutMs: 600_000, deadlineMs: 600_000 }
const endings: (readonly [Behavior, { timeoutMs?: number; retries?: number; abortAfterMs?: number }])[] = [
  [answer({}), {}],
  [answer({ status: 400 }), {}],
  [answer({ status: 302, headers: { location: '/' } }), {}],
  [answer({ status: 503 }), { retries: 1 }],
  [reset, { retries: 1 }],
  [pour(head({}), 'on and on '.repeat(1_000)), {}],
  [stayAway, { timeoutMs: 100, retries: 0 }],
  [stayAway, { abortAfterMs: 100 }],
  [write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'), { abortAfterMs: 100 }],
  [answer({ status: 503, headers: { 'retry-after': '300' } }), { abortAfterMs: 100 }],
]

await Promise.all(
  endings.map(async ([behave, { abortAfterMs, ...limits }]) => {
    const server = await startFaultServer(behave)
    const { client, close } = factory.create({ appId: 'app', appHost: server.origin, onEvent: () => {} })
    const controller = new AbortController()
    if (abortAfterMs !== undefined) setTimeout(() => controller.abort(), abortAfterMs)
    const options = { ...LONG, ...limits, signal: controller.signal }
    await Promise.allSettled([
      client.revokeToken('a token', options),
      client.introspectToken('a token', options),
      client.logout({ accessToken: 'a token', refreshToken: 'another' }, { ...options, verify: true }),
    ])
    await close()
    await server.close()
  }),
)
