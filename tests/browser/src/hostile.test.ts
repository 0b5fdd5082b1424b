import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchange } from './hostile/exchange.ts'
import { type HostileRequest, hostileRequest } from './hostile/hostile-request.ts'
import { Random } from './hostile/random.ts'
import { complaintsOf, type RunningServer, SERVERS, startBehindProxy } from './runtimes/servers.ts'

/** How long all servers together are attacked: longer by `npm run test:long`, or with `HOSTILE_SECONDS=…`. */
const SECONDS = Number(process.env.HOSTILE_SECONDS ?? (process.env.LONG ? 300 : 18))
/** The seed of the first request; each one after it has the next. A failure says which one repeats it. */
const SEED = Number(process.env.HOSTILE_SEED ?? Math.floor(Math.random() * 2 ** 31))
const AT_ONCE = 16

const servers = { ...SERVERS, 'node:http behind a proxy': startBehindProxy }
const secondsEach = SECONDS / Object.keys(servers).length

const provider: Emulator = await startEmulator()
afterAll(() => provider.close())

/** A session, of which no part may come back. */
interface Session {
  readonly token: string
  readonly cookie: string
}

async function signIn(server: RunningServer): Promise<Session> {
  const [token = ''] = await provider.issueTokens(1)
  return { token, cookie: await server.keep({ accessToken: token }) }
}

/** Pieces of secrets, of which every 30 characters in a row have one. */
function piecesOf(secrets: readonly string[]): string[] {
  return secrets
    .flatMap((secret) =>
      Array.from({ length: Math.ceil(secret.length / 10) }, (_, at) => secret.slice(at * 10, at * 10 + 20)),
    )
    .filter((piece) => piece.length > 15)
}

/** What is wrong with what a server sent. */
function faultsOf(received: string, { foreign }: HostileRequest): string[] {
  const faults: string[] = []
  if (foreign && /^HTTP\/1\.1 200 |set-cookie/im.test(received)) faults.push('a foreign page was not refused')
  if (received.includes('"internal_error"')) faults.push('a request alone led to an unexpected failure')
  if (/^access-control-/im.test(received)) faults.push('CORS')
  if (/"(?:code|status)":"[a-z_]+"/.test(received) && !/^cache-control: no-store/im.test(received))
    faults.push('can be cached')
  if (/\bat [^ ]+ \(|node_modules|\.ts:\d+/.test(received)) faults.push('a stack')
  return faults
}

describe.each(Object.entries(servers))('%s', (name, start) => {
  let server: RunningServer
  beforeAll(async () => {
    server = await start(provider)
  }, 60_000)
  afterAll(() => server?.[Symbol.asyncDispose]())

  test(
    'survives whatever is sent, answers or closes in time, logs nobody out for others, and gives nothing away',
    async () => {
      const [own, victim] = [await signIn(server), await signIn(server)]
      const secrets = piecesOf([own.token, own.cookie, victim.token, victim.cookie, provider.app.appSecret ?? ''])
      const failures: string[] = []
      let sent = 0
      let answered = 0
      const attack = async (until: number): Promise<void> => {
        while (performance.now() < until && failures.length === 0) {
          const seed = SEED + sent++
          const request = hostileRequest(new Random(seed), {
            port: server.port,
            own: own.cookie,
            victim: victim.cookie,
          })
          const { received, settled } = await exchange(server.port, request)
          const faults = settled ? faultsOf(received, request) : ['neither answered nor closed']
          if (secrets.some((secret) => received.includes(secret))) faults.push('a secret')
          if (!server.alive()) faults.push(`the server has ended: ${complaintsOf(server)}`)
          if (faults.length) {
            const what = `${faults.join(', ')}; again with HOSTILE_SEED=${seed} npx vitest run src/hostile.test.ts -t '${name}'`
            failures.push(`${what}\n${JSON.stringify(request.steps).slice(0, 2_000)}\n${received.slice(0, 2_000)}`)
          }
          if (received) answered += 1
        }
      }
      const until = performance.now() + secondsEach * 1000
      await Promise.all(Array.from({ length: AT_ONCE }, () => attack(until)))
      expect(failures).toEqual([])
      expect(secrets.filter((secret) => server.output().includes(secret))).toEqual([])
      expect(await provider.isActive(victim.token)).toBe(true)
      // Most of what is sent is understood well enough to be answered.
      expect(answered).toBeGreaterThan(sent / 2)
      console.log(`${name}: ${sent} hostile requests, ${answered} answered`)
    },
    (secondsEach + 30) * 1000,
  )

  test('and still logs users out, having printed nothing', async () => {
    const { token, cookie } = await signIn(server)
    const headers = { origin: server.origin, 'x-logout-request': '1', cookie }
    const answer = await fetch(`${server.origin}/logout`, { method: 'POST', headers })
    expect(await answer.json()).toEqual({ status: 'logged_out' })
    expect(await provider.isActive(token)).toBe(false)
    expect(server.alive()).toBe(true)
    expect(complaintsOf(server)).toBe('')
  })
})
