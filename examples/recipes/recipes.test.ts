import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'

interface Run {
  readonly code: number
  readonly output: string
}

async function run(file: string, env: Record<string, string> = {}, input = ''): Promise<Run> {
  return new Promise((resolve) => {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AUTHING_'))
    const options = { env: { ...Object.fromEntries(inherited), ...env } }
    const child = execFile(process.execPath, [join(import.meta.dirname, file)], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr })
    })
    child.stdin?.end(input)
  })
}

test('bulk.ts revokes one token per line, and reports the outcome of each', async () => {
  await using provider = await startEmulator({ accessTokenFormat: 'opaque' })
  const tokens = await provider.issueTokens(200)
  const { appId, appSecret = '' } = provider.app
  const env = { AUTHING_APP_ID: appId, AUTHING_APP_SECRET: appSecret, AUTHING_APP_HOST: provider.appHost }
  const { code, output } = await run('bulk.ts', env, tokens.join('\n'))
  const fates = output.trim().split('\n')
  expect(fates).toHaveLength(200)
  expect(new Set(fates.map((line) => JSON.parse(line).state))).toEqual(new Set(['accepted']))
  expect(provider.countActive()).toBe(0)
  expect(code).toBe(0)
})

test('outbox.ts loses no logout', async () => {
  const { code, output } = await run('outbox.ts')
  expect(output).toBe('revoked at once: false\npending: 1\ndone by the outbox: 1\nstill alive at the provider: 0\n')
  expect(code).toBe(0)
})

test('opentelemetry.ts records a span for each logout with its attempts, and metrics', async () => {
  const { code, output } = await run('opentelemetry.ts')
  expect(output.match(/name: 'backend_logout revoke'/g)).toHaveLength(2)
  expect(output.match(/name: 'backend_logout revoke attempt'/g)).toHaveLength(3)
  expect(output).toContain('backend_logout.client.call.duration')
  expect(code).toBe(0)
})
