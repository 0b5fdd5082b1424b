import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { testGuide } from './guide.ts'
import { testPages } from './pages-suite.ts'
import { startServer } from './start-server.ts'

const command = [process.execPath, join(import.meta.dirname, '../../../examples/fastify/server.ts')] as const

const start = (origin: string, env: Record<string, string>) => startServer(origin, command, { env })

testPages('Fastify', { cookieName: 'sessionId', hang: true, start }, ({ server, signIn }) => {
  test('a request that takes longer than the logout does not bring the session back', async () => {
    const { browser, home } = await signIn()
    const { origin } = server()
    const headers = { cookie: browser.cookiesFor(origin), 'content-type': 'application/json', 'content-length': 2 }
    const slow = request(new URL('/elsewhere', origin), { method: 'POST', headers, agent: false })
    slow.flushHeaders()
    // Its session is loaded with its headers.
    await sleep(200)
    await browser.submit(home)
    const answered = once(slow, 'response')
    slow.end('{}')
    const [{ statusCode }] = await answered
    expect(statusCode).toBe(404)
    expect(await (await fetch(origin, { headers: { cookie: headers.cookie } })).text()).toContain('Log in')
  })
})

testGuide('fastify.md', 'fastify', ['logout.ts', 'sign-in.ts', 'server.ts'])
