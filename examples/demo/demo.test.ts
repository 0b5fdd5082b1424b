import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('demo.ts', import.meta.url))

async function demo(env: Record<string, string> = {}, input = ''): Promise<{ code: number; output: string }> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AUTHING_'))
  const child = spawn(process.execPath, [script], { env: { ...Object.fromEntries(inherited), ...env } })
  let output = ''
  child.stdout.on('data', (data) => {
    output += data
  })
  child.stderr.on('data', (data) => {
    output += data
  })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, output }
}

test('the demo shows a token being revoked', async () => {
  const { code, output } = await demo()
  expect(output).toMatch(
    /GET \/oidc\/me → 200[\s\S]*revokeToken\(\) → true[\s\S]*GET \/oidc\/me → 401[\s\S]*introspectToken\(\) → false/,
  )
  expect(output).toMatch(
    /GET \/orders → 200[\s\S]*refuses it \d+ ms later +GET \/orders → 401[\s\S]*POST \/logout → logged_out/,
  )
  expect(code).toBe(0)
})

test('the demo revokes a token from standard input at the provider that the environment configures', async () => {
  await using provider = await startEmulator()
  const { accessToken } = await provider.signIn()
  const { appId, appSecret = '' } = provider.app
  const env = { AUTHING_APP_ID: appId, AUTHING_APP_SECRET: appSecret, AUTHING_APP_HOST: provider.appHost }
  const { code, output } = await demo(env, `${accessToken}\n`)
  expect(output).toContain('accepted the revocation')
  expect(output).not.toContain(accessToken)
  expect(code).toBe(0)
  expect(await provider.isActive(accessToken)).toBe(false)
})

test.each([
  [
    'there is no token',
    { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'secret', AUTHING_APP_HOST: 'http://127.0.0.1:9' },
    '',
    'standard input',
  ],
  ['a variable is missing', { AUTHING_APP_ID: 'app' }, 'token\n', 'AUTHING_APP_HOST'],
])('the demo exits with code 1 and states the reason when %s', async (_case, env, input, message) => {
  const { code, output } = await demo(env, input)
  expect(output).toContain(message)
  expect(code).toBe(1)
})
