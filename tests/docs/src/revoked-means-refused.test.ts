import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@backend-logout/emulator'
import { expect, test } from 'vitest'
import { freePort } from '../../outbox/src/loopback-port.ts'
import { allBlocks } from './code-block.ts'
import { root } from './repository.ts'
import { runCommands, terminalEnvironment } from './terminal.ts'

const PAGE = 'docs/guides/revoked-means-refused.md'
// Inside the package, so that a program finds the packages as a user's does.
const folder = join(import.meta.dirname, '../.results/revoked-means-refused')
const blocks = allBlocks().filter(({ file }) => file === PAGE)

test('the guide builds an API that refuses a token after the logout, and accepts nothing without its feed', async () => {
  await using provider = await startEmulator()
  const { appId, appSecret = '' } = provider.app
  const [backendPort, apiPort, introspectingPort] = [await freePort(), await freePort(), await freePort()]
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const names = blocks.flatMap(({ code }) => {
    const [, name] = /^\/\/ ([\w-]+\.ts)\n/.exec(code) ?? []
    if (!name) return []
    const ports = { 4001: backendPort, 4002: apiPort, 4003: introspectingPort }
    const placed = code.replaceAll(/400[123]/g, (port) => `${ports[port as unknown as keyof typeof ports]}`)
    writeFileSync(join(folder, name), placed)
    return [name]
  })
  expect(names).toEqual(['backend.ts', 'api.ts', 'try-it.ts', 'introspecting-api.ts'])

  const env = {
    AUTHING_APP_ID: appId,
    AUTHING_APP_SECRET: appSecret,
    AUTHING_APP_HOST: provider.appHost,
    FEED_SECRET: 'replace-this-with-32-random-characters',
  }
  /** The printed commands of a section. */
  const commandsOf = (heading: string): string => {
    const [, section = ''] = readFileSync(join(root, PAGE), 'utf8').split(`${heading}\n`)
    return /^```sh\n(.*?)^```$/ms.exec(section)?.[1] ?? ''
  }
  const shell = (commands: string) => runCommands(commands, { cwd: folder, env })
  const running: ChildProcess[] = []
  const start = (name: string): ChildProcess => {
    // The database of the list lives too briefly for optimized WebAssembly to pay off.
    const child = spawn(process.execPath, ['--liftoff-only', name], {
      cwd: folder,
      env: terminalEnvironment(env),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    running.push(child)
    return child
  }
  const stop = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const api = async (token = '', port = apiPort): Promise<number | undefined> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`http://127.0.0.1:${port}`, { headers }).catch(() => undefined))?.status
  }
  try {
    const backend = start('backend.ts')
    const server = start('api.ts')
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
    // The incident: all tokens issued until now are invalid, and a later login is valid.
    const revoked = await shell(commandsOf('## Revoke users in an incident'))
    expect(revoked).toMatch(/token of this user[\s\S]*token of this session[\s\S]*access token that the issuer issued/)
    start('backend.ts')
    await expect.poll(() => api(accessToken), { timeout: 60_000 }).toBe(401)
    const again = async () => api((await provider.signIn('bob')).accessToken)
    await expect.poll(again, { timeout: 60_000, interval: 500 }).toBe(200)

    // The other way: it asks the provider, and refuses if the provider does not respond.
    start('introspecting-api.ts')
    const asked = (token = accessToken) => api(token, introspectingPort)
    await expect.poll(() => asked(), { timeout: 60_000 }).toBe(200)
    expect(await asked('not a token')).toBe(401)
    await fetch(`${provider.issuer}/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ token: accessToken, client_id: appId, client_secret: appSecret }),
    })
    await expect.poll(() => asked(), { timeout: 60_000 }).toBe(401)
    provider.answerAlways({ endpoint: 'introspection', status: 503 })
    expect(await asked((await provider.signIn('alice')).accessToken)).toBe(503)

    // The programs end as an operator expects.
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  } finally {
    for (const child of running) await stop(child)
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
