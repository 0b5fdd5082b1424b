import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testGuide } from './guide.ts'
import { stageNext } from './stage-next.ts'
import { freePort, type RunningServer, settingsFor, startServer } from './start-server.ts'

const folder = join(import.meta.dirname, '../.results/next')
const next = join(folder, 'node_modules/next/dist/bin/next')

describe('Next', () => {
  let provider: Emulator
  let server: RunningServer
  let built: string
  beforeAll(async () => {
    await stageNext(folder)
    const { PATH = '', HOME = '' } = process.env
    // Not a single setting of the application: nobody has its secrets where it is built.
    const env = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const }
    built = (await promisify(execFile)(process.execPath, [next, 'build'], { cwd: folder, env })).stdout
    const origin = `http://localhost:${await freePort()}`
    provider = await startEmulator()
    server = await startServer(
      origin,
      [process.execPath, next, 'start', '--hostname', 'localhost', '--port', new URL(origin).port],
      {
        cwd: folder,
        env: {
          ...settingsFor(provider, origin),
          NODE_ENV: 'production',
          NEXT_TELEMETRY_DISABLED: '1',
          SESSION_SECRET: 'a password of iron-session for this test',
          ALLOW_TEST_SIGN_IN: 'yes',
        },
      },
    )
  }, 900_000)
  beforeEach(() => provider.reset())
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    await provider?.close()
  })

  /** Puts the tokens of a user into a session of iron-session. */
  async function signIn() {
    const tokens = await provider.signIn('alice')
    const answer = await fetch(`${server.origin}/sign-in`, { method: 'POST', body: JSON.stringify(tokens) })
    return {
      ...tokens,
      cookie: answer.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';', 1)[0])
        .join('; '),
    }
  }

  const ask = (cookie: string): Promise<Response> =>
    fetch(`${server.origin}/logout`, {
      method: 'POST',
      headers: { origin: server.origin, 'x-logout-request': '1', cookie },
    })

  test('it is built without the settings of the application', () => {
    expect(built).toContain('/logout')
  })

  test('a page that creates the client of the browser at the top of its module is rendered on the server', async () => {
    expect(await (await fetch(`${server.origin}/client`)).text()).toContain('Log out')
  })

  test('a route handler logs out a session of iron-session', async () => {
    const { cookie, accessToken, refreshToken } = await signIn()
    const answer = await ask(cookie)
    expect(await answer.json()).toMatchObject({ status: 'logged_out' })
    expect(answer.headers.getSetCookie().join()).toMatch(/session=;.*Max-Age=0/)
    expect([await provider.isActive(accessToken), await provider.isActive(refreshToken)]).toEqual([false, false])
    expect(await (await ask('')).json()).toEqual({ status: 'no_session' })
  })

  /** Sends the form of the Server Action as a browser without scripts does. */
  async function act(cookie: string): Promise<{ status: number; location: string }> {
    const address = `${server.origin}/server-action`
    const page = await (await fetch(address, { headers: { cookie } })).text()
    const form = new FormData()
    for (const [, name = ''] of page.matchAll(/<input[^>]* name="([^"]*)"/g)) form.append(name, '')
    const answer = await fetch(address, {
      method: 'POST',
      headers: { cookie, origin: server.origin },
      body: form,
      redirect: 'manual',
    })
    return { status: answer.status, location: answer.headers.get('location') ?? '' }
  }

  test('a Server Action logs out, and leads to the end of the provider’s own session', async () => {
    const { cookie, accessToken, refreshToken, idToken } = await signIn()
    const { status, location } = await act(cookie)
    expect(status).toBe(303)
    expect(location).toContain(`/oidc/session/end?id_token_hint=${idToken}`)
    expect([await provider.isActive(accessToken), await provider.isActive(refreshToken)]).toEqual([false, false])
    expect((await act('')).location).toMatch(/\/goodbye$/)
  })

  test('when the provider is down, the Server Action stays with the application', async () => {
    const { cookie } = await signIn()
    provider.answerAlways({ drop: 'reset' })
    expect((await act(cookie)).location).toMatch(/\/goodbye\?logout=local_only$/)
  })
})

testGuide('next.md', 'next', [
  'logout-client.ts',
  'session.ts',
  'app/logout/route.ts',
  'app/client/page.tsx',
  'app/server-action/page.tsx',
])
