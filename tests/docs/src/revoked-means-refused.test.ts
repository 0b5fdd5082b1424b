import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'
import { freePort } from '../../outbox/src/loopback-port.ts'
import { allBlocks } from './code-block.ts'

const PAGE = 'docs/guides/revoked-means-refused.md'
// In here, so that the packages are found as a user's are.
const folder = join(import.meta.dirname, '../.results/revoked-means-refused')
const blocks = allBlocks().filter(({ file }) => file === PAGE)

test('the guide builds an API that refuses a token after the logout, and accepts nothing without its feed', async () => {
  await using provider = await startEmulator()
  const { appId, appSecret = '' } = provider.app
  const [backendPort, apiPort] = [await freePort(), await freePort()]
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const names = blocks.flatMap(({ code }) => {
    const [, name] = /^\/\/ ([\w-]+\.ts)\n/.exec(code) ?? []
    if (!name) return []
    writeFileSync(join(folder, name), `${code.replaceAll('4001', `${backendPort}`).replaceAll('4002', `${apiPort}`)}`)
    return [name]
  })
  expect(names).toEqual(['backend.ts', 'api.ts', 'try-it.ts'])

  const env = {
    ...process.env,
    AUTHING_APP_ID: appId,
    AUTHING_APP_SECRET: appSecret,
    AUTHING_APP_HOST: provider.appHost,
    FEED_SECRET: 'replace-this-with-32-random-characters',
  }
  const running: ChildProcess[] = []
  const start = (name: string): ChildProcess => {
    const child = spawn(process.execPath, [name], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
    running.push(child)
    return child
  }
  const stop = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const api = async (token = ''): Promise<number | undefined> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`http://127.0.0.1:${apiPort}`, { headers }).catch(() => undefined))?.status
  }
  try {
    const backend = start('backend.ts')
    start('api.ts')
    const { accessToken } = await provider.signIn('bob')
    await expect.poll(() => api(accessToken), { timeout: 60_000 }).toBe(200)

    const attempt = start('try-it.ts')
    let output = ''
    attempt.stdout?.on('data', (data) => {
      output += data
    })
    await once(attempt, 'close')
    expect(output).toBe(blocks.find(({ language }) => language === 'text')?.code)

    await stop(backend)
    await expect.poll(() => api(accessToken), { timeout: 30_000 }).toBe(503)
    start('backend.ts')
    await expect.poll(() => api(accessToken), { timeout: 60_000 }).toBe(200)
  } finally {
    for (const child of running) await stop(child)
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
