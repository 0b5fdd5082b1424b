import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attack, SECONDS } from '@backend-logout/tests-browser/attack'
import { type HostileRequest, hostileRequest } from '@backend-logout/tests-browser/hostile-request'
import type { Random } from '@backend-logout/tests-browser/random'
import { complaintsOf, type RunningProgram } from '@backend-logout/tests-browser/start-program'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, TestIssuer } from '../../../packages/receiver/src/testing/issuer.ts'
import { RECEIVERS } from './receiver-servers.ts'

const secondsEach = SECONDS / Object.keys(RECEIVERS).length
const VICTIM = 'victim'

let issuer: TestIssuer
/** Receives each session that ends. */
let application: Server
let ended: Set<string>
/** Tokens that name the victim, and that the receiver must not accept. */
let forged: readonly string[]
/** Valid tokens of another user. */
let good: readonly string[]

beforeAll(async () => {
  issuer = await TestIssuer.start('ES256')
  application = createServer((request, response) => {
    ended.add(decodeURIComponent((request.url ?? '').slice(1)))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
})
afterAll(async () => {
  application?.closeAllConnections()
  application?.close()
  await issuer?.[Symbol.asyncDispose]()
})

/** Tokens that anyone can create without a key of the issuer, and tokens that the issuer signs for other purposes. */
async function forgeries(): Promise<string[]> {
  const named = issuer.claims({ sub: VICTIM })
  const stranger = await createKey('ES256', issuer.key.kid)
  const now = Math.floor(Date.now() / 1000)
  const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const [header = '', payload = '', signature = ''] = (await issuer.token({ sub: VICTIM, aud: 'another' })).split('.')
  return [
    await issuer.sign(named, {}, stranger),
    await issuer.sign(named, { jwk: stranger.jwk, kid: undefined }, stranger),
    await issuer.sign(named, { kid: 'nobody' }, stranger),
    await issuer.sign(named, { typ: 'at+jwt' }),
    await issuer.sign(issuer.claims({ sub: VICTIM, events: undefined })),
    await issuer.sign(issuer.claims({ sub: VICTIM, nonce: 'n' })),
    await issuer.sign(issuer.claims({ sub: VICTIM, aud: ['app', 'another'] })),
    await issuer.sign(issuer.claims({ sub: VICTIM, iss: 'https://id.example.com' })),
    await issuer.sign(issuer.claims({ sub: VICTIM, iat: now - 9_000, exp: now - 8_000 })),
    await new SignJWT(named as never)
      .setProtectedHeader({ alg: 'HS256', typ: 'logout+jwt', kid: issuer.key.kid })
      .sign(new TextEncoder().encode(JSON.stringify(issuer.key.jwk))),
    `${json({ alg: 'none', typ: 'logout+jwt' })}.${json(named)}.`,
    `${header}.${json(named)}.${signature}`,
    `${header}.${payload}.${signature}`,
    `${json({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.${json(named)}.YQ.YQ.YQ`,
    `${json({ alg: 'ES256' })}.${'['.repeat(8_000)}.YQ`,
    ...['', '..', '....', 'null', '{}', `${'a.'.repeat(5_000)}`, '__proto__', '\u0000'],
  ]
}

const parameter = (token: string): string => `logout_token=${encodeURIComponent(token)}`

/** Bodies that are not a report, or almost one. */
const bodies = (random: Random): readonly string[] => {
  const token = random.pick(forged)
  return [
    ...['', '=', '&', 'logout_token', 'logout_token=', 'LOGOUT_TOKEN=x', 'logout_token[]=x', 'logout_token=%', '%=%'],
    ...[
      `${parameter(token)}&${parameter(token)}`,
      `x=${'y'.repeat(30_000)}&${parameter(token)}`,
      `{"logout_token":"${token}"}`,
    ],
    ...[`a=1&${parameter(token)}`, parameter(`${token}=`), parameter(`${token}\u0000`), parameter('x'.repeat(70_000))],
    ...['&'.repeat(32_768), `${'a=b&'.repeat(8_000)}`, '\u00ff\u00fe'.repeat(100), `<xml>${token}</xml>`],
  ]
}

function faultsOf(received: string, { foreign }: HostileRequest): string[] {
  const faults: string[] = []
  if (foreign && /^HTTP\/1\.1 200 /m.test(received)) faults.push('a forged report was acknowledged')
  if (received.includes('temporarily_unavailable')) faults.push('a request alone led to an unexpected failure')
  if (/"error":"[a-z_]+"/.test(received) && !/^cache-control: no-store/im.test(received)) faults.push('can be cached')
  if (/victim|mallory/.test(received)) faults.push('it names a user')
  if (ended.has(VICTIM)) faults.push('the victim is logged out')
  return faults
}

describe.each(Object.entries(RECEIVERS))('%s', (name, start) => {
  let server: RunningProgram
  beforeAll(async () => {
    ended = new Set()
    // A long run takes longer than the lifetime of a token.
    good = await Promise.all(Array.from({ length: 20 }, () => issuer.token({ sub: 'mallory' })))
    forged = await forgeries()
    const ENDED = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
    server = await start({ ISSUER: issuer.url, ENDED })
  }, 60_000)
  afterAll(() => server?.[Symbol.asyncDispose]())

  const deliver = async (token: string): Promise<number> => {
    const body = new URLSearchParams({ logout_token: token })
    return (await fetch(`${server.origin}/backchannel-logout`, { method: 'POST', body })).status
  }

  test(
    'survives any input, responds or closes in time, and logs out only users whom the issuer named',
    async () => {
      const headers = [
        ['Host', `127.0.0.1:${server.port}`],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ] as const
      const { sent, answered, failures } = await attack({
        port: server.port,
        seconds: secondsEach,
        command: `npx vitest run src/hostile-servers.test.ts -t '${name}'`,
        next(random) {
          const foreign = random.chance(0.5)
          const body = parameter(random.pick(foreign ? forged : good))
          return hostileRequest(random, {
            target: '/backchannel-logout',
            headers,
            body,
            foreign,
            bodies: bodies(random),
          })
        },
        faultsOf(received, request) {
          const faults = faultsOf(received, request)
          if (!server.alive()) faults.push(`the server has ended: ${complaintsOf(server)}`)
          return faults
        },
      })
      expect(failures, failures.join('\n')).toEqual([])
      // The server parses and answers most of the requests.
      expect(answered).toBeGreaterThan(sent / 2)
      // Some of them are valid.
      expect([...ended]).toEqual(['mallory'])
      console.log(`${name}: ${sent} hostile requests, ${answered} answered`)
    },
    (secondsEach + 30) * 1000,
  )

  test('refuses each forgery, still logs out users whom the issuer names, and has printed nothing', async () => {
    for (const token of forged) expect(await deliver(token), token.slice(0, 100)).toBe(400)
    expect(ended.has(VICTIM)).toBe(false)
    expect(await deliver(await issuer.token({ sub: VICTIM }))).toBe(200)
    expect(ended.has(VICTIM)).toBe(true)
    expect(server.alive()).toBe(true)
    expect(complaintsOf(server)).toBe('')
  })
})
