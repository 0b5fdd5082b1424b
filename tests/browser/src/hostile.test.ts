import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attack, SECONDS } from './hostile/attack.ts'
import { type HostileRequest, hostileRequest } from './hostile/hostile-request.ts'
import { BODIES } from './hostile/odd-values.ts'
import type { Random } from './hostile/random.ts'
import { type RunningServer, SERVERS, startBehindProxy } from './runtimes/servers.ts'
import { complaintsOf } from './runtimes/start-program.ts'

/** The attacker's page. */
const EVIL_ORIGIN = 'https://evil.test'

const servers = { ...SERVERS, 'node:http behind a proxy': startBehindProxy }
const secondsEach = SECONDS / Object.keys(servers).length

const provider: Emulator = await startEmulator()
afterAll(() => provider.close())

/** A session, no part of which may be in a response. */
interface Session {
  readonly token: string
  readonly cookie: string
}

async function signIn(server: RunningServer): Promise<Session> {
  const [token = ''] = await provider.issueTokens(1)
  return { token, cookie: await server.keep({ accessToken: token }) }
}

/** Pieces of secrets: every 30 consecutive characters contain one. */
function piecesOf(secrets: readonly string[]): string[] {
  return secrets
    .flatMap((secret) =>
      Array.from({ length: Math.ceil(secret.length / 10) }, (_, at) => secret.slice(at * 10, at * 10 + 20)),
    )
    .filter((piece) => piece.length > 15)
}

/** The violations in the output of a server. */
function faultsOf(received: string, { foreign }: HostileRequest): string[] {
  const faults: string[] = []
  if (foreign && /^HTTP\/1\.1 200 |set-cookie/im.test(received)) faults.push('a foreign page was not refused')
  if (received.includes('"internal_error"')) faults.push('a request alone led to an unexpected failure')
  if (/"(?:code|status)":"[a-z_]+"/.test(received) && !/^cache-control: no-store/im.test(received))
    faults.push('can be cached')
  return faults
}

describe.each(Object.entries(servers))('%s', (name, start) => {
  let server: RunningServer
  beforeAll(async () => {
    server = await start(provider)
  }, 60_000)
  afterAll(() => server?.[Symbol.asyncDispose]())

  test(
    'survives any input, responds or closes in time, logs out nobody else, and reveals nothing',
    async () => {
      const [own, victim] = [await signIn(server), await signIn(server)]
      const secrets = piecesOf([own.token, own.cookie, victim.token, victim.cookie, provider.app.appSecret ?? ''])
      const host = `127.0.0.1:${server.port}`
      const next = (random: Random): HostileRequest => {
        const foreign = random.chance(0.5)
        const headers = [
          ['Host', host],
          ['Origin', foreign ? EVIL_ORIGIN : `http://${host}`],
          ['X-Logout-Request', '1'],
          // A browser sends the victim's session with a request from a foreign page.
          ['Cookie', foreign ? victim.cookie : own.cookie],
          ['Content-Type', 'application/json'],
        ] as const
        return hostileRequest(random, { target: '/logout', headers, body: '{}', foreign, bodies: BODIES })
      }
      const { sent, answered, failures } = await attack({
        port: server.port,
        seconds: secondsEach,
        next,
        command: `npx vitest run src/hostile.test.ts -t '${name}'`,
        faultsOf(received, request) {
          const faults = faultsOf(received, request)
          if (secrets.some((secret) => received.includes(secret))) faults.push('a secret')
          if (!server.alive()) faults.push(`the server has ended: ${complaintsOf(server)}`)
          return faults
        },
      })
      expect(failures, failures.join('\n')).toEqual([])
      expect(secrets.filter((secret) => server.output().includes(secret))).toEqual([])
      expect(await provider.isActive(victim.token)).toBe(true)
      // The server parses and answers most of the requests.
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
