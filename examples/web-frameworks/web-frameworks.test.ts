import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'

// The servers run in tests/browser, each in its own process. A route of Next.js is a function, which needs no server.
test('a Next route handler logs a user out', async () => {
  await using provider = await startEmulator()
  const { appId, appSecret = '' } = provider.app
  const APP_ORIGIN = 'https://app.example.com'
  Object.assign(process.env, {
    AUTHING_APP_ID: appId,
    AUTHING_APP_SECRET: appSecret,
    AUTHING_APP_HOST: provider.appHost,
    APP_ORIGIN,
  })
  const { POST } = await import('./app/logout/route.ts')
  const { sessions } = await import('./logout.ts')
  const tokens = await provider.signIn()
  sessions.set('42', tokens)
  const headers = { origin: APP_ORIGIN, 'x-logout-request': '1', cookie: '__Host-session=42' }
  const answer = await POST(new Request(`${APP_ORIGIN}/logout`, { method: 'POST', headers }))
  expect(await answer.json()).toMatchObject({ status: 'logged_out' })
  expect(answer.headers.get('set-cookie')).toMatch(/^__Host-session=; Max-Age=0/)
  expect(await provider.isActive(tokens.accessToken)).toBe(false)
  expect(await provider.isActive(tokens.refreshToken ?? '')).toBe(false)
  expect(sessions.size).toBe(0)
})
