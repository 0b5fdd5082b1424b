import { once } from 'node:events'
import { request as send } from 'node:http'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { faultsOfAnswer } from '../../../packages/browser-proxy/src/testing/contract.ts'
import { rawRequest, sendRaw } from '../../../packages/browser-proxy/src/testing/raw-http.ts'
import { type RunningServer, SERVERS } from './runtimes/servers.ts'
import { complaintsOf } from './runtimes/start-program.ts'

const provider: Emulator = await startEmulator()
const servers = new Map<string, RunningServer>()
beforeAll(async () => {
  // On few cores, running them in sequence takes as long, with more waiting.
  await Promise.all(Object.entries(SERVERS).map(async ([name, start]) => servers.set(name, await start(provider))))
}, 60_000)
beforeEach(() => provider.reset())
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server[Symbol.asyncDispose]()))
  await provider.close()
})

const server = (name: string): RunningServer => servers.get(name) as RunningServer

async function signIn(name: string) {
  const { accessToken, refreshToken, idToken } = await provider.signIn()
  return { accessToken, refreshToken, cookie: await server(name).keep({ accessToken, refreshToken, idToken }) }
}

function ask(
  name: string,
  cookie: string,
  init: { headers?: Record<string, string>; method?: string; body?: string; signal?: AbortSignal | undefined } = {},
): Promise<Response> {
  const { origin } = server(name)
  const headers = { origin, 'x-logout-request': '1', cookie, ...init.headers }
  return fetch(`${origin}/logout`, { method: 'POST', ...init, headers } as RequestInit)
}

const json = { 'content-type': 'application/json' }

describe.each(Object.keys(SERVERS))('mounted under %s', (name) => {
  test('a logout revokes the tokens and clears the cookie', async () => {
    const { cookie, accessToken, refreshToken } = await signIn(name)
    const answer = await ask(name, cookie)
    expect(answer.status).toBe(200)
    expect(await faultsOfAnswer(answer)).toEqual([])
    expect((await answer.json()).status).toBe('logged_out')
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=; Max-Age=0.*Secure/)])
    expect(answer.headers.get('clear-site-data')).toBe('"cache"')
    expect(await provider.isActive(accessToken)).toBe(false)
    expect(await provider.isActive(refreshToken)).toBe(false)
  })

  test('the body arrives, including its return address', async () => {
    const { cookie } = await signIn(name)
    const answer = await ask(name, cookie, { headers: json, body: JSON.stringify({ return_to: '/goodbye' }) })
    expect(await faultsOfAnswer(answer)).toEqual([])
    const url = new URL((await answer.json()).logout_url)
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${server(name).origin}/goodbye`)
  })

  test.each([
    ['GET', 405, { method: 'GET' }],
    ['a preflight request', 405, { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }],
    ['another origin', 403, { headers: { origin: 'https://evil.test' } }],
    ['no header', 403, { headers: { 'x-logout-request': '0' } }],
    ['a form', 415, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '{}' }],
    ['an unknown member', 400, { headers: json, body: '{"refresh_token":"x"}' }],
    ['an open redirect', 400, { headers: json, body: '{"return_to":"//evil.test"}' }],
    ['too much', 413, { headers: json, body: JSON.stringify({ token: 'x'.repeat(100_000) }) }],
  ] as const)('%s is refused with %i, and nobody is logged out', async (_case, status, init) => {
    const { cookie, accessToken } = await signIn(name)
    const answer = await ask(name, cookie, init)
    expect(answer.status).toBe(status)
    expect(await faultsOfAnswer(answer)).toEqual([])
    expect(answer.headers.has('set-cookie')).toBe(false)
    expect(await provider.isActive(accessToken)).toBe(true)
  })

  test('concurrent logouts of one session are joined, unless a request cannot wait for another', async () => {
    const { cookie, accessToken } = await signIn(name)
    provider.answerAlways({ delayMs: 200 })
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(name, cookie)))
    for (const answer of answers) expect((await answer.json()).status).toBe('logged_out')
    expect(await provider.isActive(accessToken)).toBe(false)
    const revocations = provider.requests.filter(({ endpoint }) => endpoint === 'revocation')
    // On Workers, a request that waits for another one would hang with it.
    expect(revocations).toHaveLength(name === 'workerd' ? 10 : 2)
  })

  test('all logouts of one session receive a response, whoever else disconnects', async () => {
    const { cookie } = await signIn(name)
    const left = Array.from({ length: 300 }, (_, at) => at).values()
    const one = async (): Promise<void> => {
      for (const at of left) {
        // Every third one disconnects, each at a different moment.
        const signal = at % 3 === 0 ? AbortSignal.timeout(at % 11) : undefined
        const answer = await ask(name, cookie, { signal })
          .then((response) => response.text())
          .catch((error: Error) => error.name)
        // On Workers, where no request waits for another, a late one finds no session.
        const answered = name === 'workerd' ? /"logged_out"|"no_session"/ : /"logged_out"/
        if (!(signal && answer === 'TimeoutError')) expect(answer).toMatch(answered)
      }
    }
    await Promise.all(Array.from({ length: 16 }, one))
  })

  test('a client that disconnects right after its request is still logged out, and so are others with it', async () => {
    const { cookie, accessToken } = await signIn(name)
    provider.answerAlways({ delayMs: 300 })
    const { origin } = server(name)
    const headers = { origin, 'x-logout-request': '1', cookie, 'content-length': '0' }
    const request = send(`${origin}/logout`, { method: 'POST', headers })
    request.on('error', () => {})
    request.end()
    await once(request, 'finish')
    await expect.poll(() => provider.requests.length).toBeGreaterThan(0)
    const other = ask(name, cookie)
    request.destroy()
    expect((await (await other).json()).status).toBe('logged_out')
    await expect.poll(() => provider.isActive(accessToken)).toBe(false)
  })
})

test('every server responds in time while the provider hangs', async () => {
  const names = Object.keys(SERVERS)
  const users = await Promise.all(names.map((name) => signIn(name)))
  provider.answerAlways({ hang: true })
  await Promise.all(
    names.map(async (name, index) => {
      const answer = await ask(name, users[index]?.cookie ?? '')
      expect((await answer.json()).status, name).toBe('local_only')
      expect(answer.headers.has('set-cookie'), name).toBe(true)
    }),
  )
})

test('every server stops waiting for a body that does not arrive', async () => {
  // Without the parser in front, which also waits for the body.
  const names = Object.keys(SERVERS).filter((name) => !name.includes('parser'))
  const startedAt = performance.now()
  await Promise.all(
    names.map(async (name) => {
      const { port, origin } = server(name)
      const lines = [`Host: 127.0.0.1:${port}`, `Origin: ${origin}`, 'X-Logout-Request: 1', 'Content-Length: 100']
      const request = `${rawRequest([...lines, 'Content-Type: application/json'])}{"return_to":`
      // Deno leaves the connection open after the response, whose body may come after its headers.
      const answer = await sendRaw(port, request, (socket) => {
        let text = ''
        socket.on('data', (chunk) => {
          text += chunk
          if (/\r\n\r\n.*\}/s.test(text)) socket.destroy()
        })
      })
      // Bun closes idle connections at about the same time.
      expect(answer, name).toMatch(name === 'Bun.serve' ? /^$|"incomplete_body"/ : /"incomplete_body"/)
    }),
  )
  // Ten seconds, and a margin for a busy machine.
  expect(performance.now() - startedAt).toBeLessThan(60_000)
})

test('no server has printed anything about it', () => {
  for (const [name, server] of servers) {
    // First, because it says why a server has ended.
    expect(complaintsOf(server), name).toBe('')
    expect(server.alive(), name).toBe(true)
  }
})
