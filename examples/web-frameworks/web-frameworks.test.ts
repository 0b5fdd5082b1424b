import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, expect, test } from 'vitest'
import type { Session } from './logout.ts'

const ORIGIN = 'https://app.example.com'
const provider: Emulator = await startEmulator()
const { appId, appSecret = '', appHost } = { ...provider.app, appHost: provider.appHost }
Object.assign(process.env, {
  AUTHING_APP_ID: appId,
  AUTHING_APP_SECRET: appSecret,
  AUTHING_APP_HOST: appHost,
  APP_ORIGIN: ORIGIN,
  PORT: '0',
})
const { sessions } = await import('./logout.ts')

afterAll(() => provider.close())

const request = (url: string, id: string): Request =>
  new Request(url, {
    method: 'POST',
    headers: { origin: ORIGIN, 'x-logout-request': '1', cookie: `__Host-session=${id}` },
  })

/** Signs somebody in, logs the user out through `send`, and sees to it that the tokens are dead. */
async function expectLogout(
  send: (id: string) => Promise<Response>,
  store: (id: string, tokens: Session) => void = (id, tokens) => sessions.set(id, tokens),
): Promise<void> {
  const id = crypto.randomUUID()
  const tokens = await provider.signIn()
  store(id, tokens)
  const answer = await send(id)
  expect(await answer.json()).toMatchObject({ status: 'logged_out' })
  expect(answer.headers.get('set-cookie')).toMatch(/^__Host-session=; Max-Age=0/)
  expect(await provider.isActive(tokens.accessToken)).toBe(false)
  expect(await provider.isActive(tokens.refreshToken ?? '')).toBe(false)
}

const portOf = (address: unknown): number => (address as AddressInfo).port

test('Express logs a user out', async () => {
  const { server } = await import('./express.ts')
  if (!server.listening) await once(server, 'listening')
  await expectLogout((id) => fetch(request(`http://127.0.0.1:${portOf(server.address())}/logout`, id)))
  expect(sessions.size).toBe(0)
  server.close()
})

test('Fastify logs a user out', async () => {
  const { app } = await import('./fastify.ts')
  const [address] = app.addresses()
  await expectLogout((id) => fetch(request(`http://localhost:${portOf(address)}/logout`, id)))
  await app.close()
})

test('Hono logs a user out', async () => {
  const { default: app } = await import('./hono.ts')
  await expectLogout(async (id) => app.fetch(request(`${ORIGIN}/logout`, id)))
})

test('a Next route handler logs a user out', async () => {
  const { POST } = await import('./app/logout/route.ts')
  await expectLogout((id) => POST(request(`${ORIGIN}/logout`, id)))
})

test('a worker logs a user out', async () => {
  const { default: worker } = await import('./worker.ts')
  const kept = new Map<string, string>()
  const environment = {
    APP_ID: appId,
    APP_SECRET: appSecret,
    APP_HOST: appHost,
    SESSIONS: {
      get: async (id: string) => kept.get(id) ?? null,
      delete: async (id: string) => void kept.delete(id),
    },
  }
  const waitUntil = (): void => {}
  await expectLogout(
    (id) => worker.fetch(request(`${ORIGIN}/logout`, id), environment, { waitUntil }),
    (id, tokens) => kept.set(id, JSON.stringify(tokens)),
  )
  expect(kept.size).toBe(0)
})

test('Bun serves the endpoint, and keeps other sites out', async () => {
  const port = await freePort()
  const bun = spawn(join(import.meta.dirname, 'node_modules/.bin/bun'), ['bun.ts'], {
    cwd: import.meta.dirname,
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  })
  try {
    const url = `http://127.0.0.1:${port}/logout`
    const answer = await untilUp(() => fetch(request(url, 'nobody')))
    expect(await answer.json()).toEqual({ status: 'logged_out' })
    const foreign = await fetch(url, { method: 'POST', headers: { origin: 'https://evil.example' } })
    expect(foreign.status).toBe(403)
  } finally {
    bun.kill()
    await once(bun, 'close')
  }
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  server.close()
  await once(server, 'close')
  return port
}

async function untilUp(ask: () => Promise<Response>): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === 100) throw error
      await sleep(100)
    }
  }
}
